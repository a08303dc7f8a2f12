// The authority of a URL: user, host and port.

internal import Primitives

extension HTTPURL {
    /// The part between `//` and the path.
    struct Authority {
        let credentials: Credentials?
        let host: String
        let port: UInt16?

        init(_ text: Substring) throws(HTTPURLError) {
            let mark = text.lastIndex(of: "@")
            credentials = try mark.map { mark throws(HTTPURLError) in
                try Authority.credentials(text[..<mark])
            }
            let place = mark.map { text[text.index(after: $0)...] } ?? text
            let end: Substring.Index
            if place.hasPrefix("[") {
                guard let bracket = place.firstIndex(of: "]") else { throw .hostMalformed }
                host = place[place.index(after: place.startIndex)..<bracket].lowercased()
                end = place.index(after: bracket)
                guard host.utf8.contains(UInt8(ascii: ":")), host.utf8.allSatisfy(Authority.isAddressPart)
                else { throw .hostMalformed }
            } else {
                end = place.firstIndex(of: ":") ?? place.endIndex
                host = place[..<end].lowercased()
                guard !host.isEmpty else { throw .hostMissing }
                guard host.utf8.allSatisfy(Authority.isNamePart) else { throw .hostMalformed }
            }
            guard host.utf8.count <= Limits.hostNameBytesMax else { throw .hostMalformed }
            port = try Authority.port(place[end...])
        }

        /// `:1234`; nothing behind the colon, or no colon, is no port.
        private static func port(_ text: Substring) throws(HTTPURLError) -> UInt16? {
            guard !text.isEmpty else { return nil }
            let digits = text.dropFirst()
            guard text.first == ":", digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
                throw .portMalformed
            }
            guard !digits.isEmpty else { return nil }
            guard let port = UInt16(digits), port > 0 else { throw .portMalformed }
            return port
        }

        private static func credentials(_ text: Substring) throws(HTTPURLError) -> Credentials {
            let user = text.prefix { $0 != ":" }
            guard let name = PercentEncoding.decoded(user),
                let password = PercentEncoding.decoded(text[user.endIndex...].dropFirst())
            else { throw .credentialsMalformed }
            return Credentials(user: name, password: password)
        }

        /// Letters, digits and marks of names. The underscore is not allowed in host names, but is used.
        private static func isNamePart(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), 0x30...0x39: true
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
            default: false
            }
        }

        /// Without a zone: an address that needs one is never reachable from here.
        private static func isAddressPart(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "f"), 0x30...0x39, UInt8(ascii: ":"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }
}

/// Why a text is not the URL of something that can be asked for. Texts hold nothing of the URL.
public enum HTTPURLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Longer than `Limits.urlBytesMax`.
    case tooLong
    /// A backslash before the query.
    case backslash
    /// Without a scheme.
    case notAbsolute
    /// Neither `http` nor `https`.
    case schemeNotSupported
    case hostMissing
    /// A host that is neither a name of ASCII letters nor an address.
    case hostMalformed
    case portMalformed
    case credentialsMalformed

    public var description: String {
        switch self {
        case .tooLong: "URL is longer than \(Limits.urlBytesMax) bytes"
        case .backslash: "URL has a backslash before its query"
        case .notAbsolute: "URL is not absolute"
        case .schemeNotSupported: "URL scheme is not supported, only http and https are"
        case .hostMissing: "URL has no host"
        case .hostMalformed: "URL has a malformed host; names with other than ASCII letters go as xn--"
        case .portMalformed: "URL has a malformed port"
        case .credentialsMalformed: "URL has a malformed user or password"
        }
    }
}
