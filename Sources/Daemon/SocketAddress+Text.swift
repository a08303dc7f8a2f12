// Where the daemon listens, as an operator writes it. Pure; nothing is looked up.

internal import Net
internal import Primitives

extension SocketAddress {
    /// This machine alone, on the port that existing clients expect.
    static let standard = SocketAddress(host: "127.0.0.1", port: 8080)

    /// Reads `127.0.0.1:8080` or `[::1]:8080`; nil for anything else. Names are not taken: what they mean can
    /// change between two starts.
    init?(numeric text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(digits: text[text.index(after: colon)...])
        else { return nil }
        let address = text[..<colon]
        if address.hasPrefix("["), address.hasSuffix("]") {
            let host = address.dropFirst().dropLast()
            guard SocketAddress.isIPv6(host) else { return nil }
            self.init(host: String(host), port: port)
        } else {
            guard SocketAddress.isIPv4(address) else { return nil }
            self.init(host: String(address), port: port)
        }
    }

    /// How a program on this machine reaches a server that listens here.
    func localURL(withTLS isEncrypted: Bool) -> String {
        let scheme = isEncrypted ? "https" : "http"
        return switch host {
        case "0.0.0.0": "\(scheme)://127.0.0.1:\(port)"
        case "::": "\(scheme)://[::1]:\(port)"
        default: "\(scheme)://\(self)"
        }
    }

    private static func isIPv4(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                // A leading zero would mean octal to some readers of addresses.
                UInt8(digits: part) != nil && (part.count == 1 || !part.hasPrefix("0"))
            }
    }

    /// The forms of RFC 4291 section 2.2 without an embedded IPv4 address.
    private static func isIPv6(_ text: Substring) -> Bool {
        func groups(_ text: Substring) -> Int? {
            if text.isEmpty { return 0 }
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            let good = parts.allSatisfy { part in
                (1...4).contains(part.utf8.count) && part.utf8.allSatisfy { Hexadecimal.value(of: $0) != nil }
            }
            return good ? parts.count : nil
        }
        guard let gap = text.firstRange(of: "::") else { return groups(text) == 8 }
        guard let before = groups(text[..<gap.lowerBound]), let after = groups(text[gap.upperBound...]) else {
            return false
        }
        return before + after < 8
    }
}

extension FixedWidthInteger {
    /// Reads decimal digits and nothing else: no sign, no spaces. Nil beyond the type's range.
    init?(digits text: some StringProtocol) {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
        else {
            return nil
        }
        self.init(text, radix: 10)
    }
}
