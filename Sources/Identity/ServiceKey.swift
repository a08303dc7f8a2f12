// The key by which the operator's own tools show that they are his.

/// A key of the operator's choice that opens the routes of operation, and nothing else. Shows nothing of itself.
public struct ServiceKey: Sendable, CustomStringConvertible, CustomReflectable {
    /// Characters that a key has at least: as many as no two dice throwers guess.
    public static let charactersMin = 32
    /// Characters that a key has at most, as it stands in a header.
    public static let charactersMax = 1024

    private let bytes: [UInt8]

    /// Nil for a text that is too short or too long, or that no header could hold.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard (ServiceKey.charactersMin...ServiceKey.charactersMax).contains(bytes.count),
            bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        self.bytes = bytes
    }

    /// Whether `Authorization` holds this key, with or without `Bearer `.
    public func isHeld(by headers: CredentialHeaders) -> Bool {
        headers.bareAuthorization.map { Digest.equal(Array($0.utf8), bytes) } ?? false
    }

    public var description: String { "(service key)" }

    public var customMirror: Mirror { Mirror(self, children: []) }
}
