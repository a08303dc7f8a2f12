// Where the daemon listens, as an operator writes it. A value; nothing is looked up.

internal import Primitives

/// A numeric address and a port. Names are not taken: what they mean can change between two starts.
public struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// An IPv4 or IPv6 address in its numeric form, without brackets.
    public let host: String
    /// The port; 0 lets the system choose a free one.
    public let port: UInt16

    /// This machine alone, on the port that existing clients expect.
    public static let standard = ListenAddress(host: "127.0.0.1", port: 8080)

    private init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads `127.0.0.1:8080` or `[::1]:8080`; nil for anything else.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(digits: text[text.index(after: colon)...])
        else { return nil }
        let address = text[..<colon]
        if address.hasPrefix("["), address.hasSuffix("]") {
            let host = address.dropFirst().dropLast()
            guard ListenAddress.isIPv6(host) else { return nil }
            self.host = String(host)
        } else {
            guard ListenAddress.isIPv4(address) else { return nil }
            host = String(address)
        }
        self.port = port
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

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
