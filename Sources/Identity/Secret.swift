// Bytes that must not be seen: keys of this server and of its users. A value.

/// A key. Printing it shows only that it is there.
public struct Secret: Sendable, CustomStringConvertible, CustomReflectable {
    /// The key itself, for the functions that compute with it.
    public let bytes: [UInt8]

    /// Wraps a key of any length.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// A new key of so many unpredictable bytes.
    public static func random(_ count: Int) -> Secret { Secret(Digest.randomBytes(count)) }

    public var description: String { "(secret)" }

    public var customMirror: Mirror { Mirror(self, children: []) }
}
