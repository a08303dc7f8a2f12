// The names of things: 128-bit ids with their text and byte forms. Pure values, usable anywhere.

/// A 128-bit identifier in the layout of RFC 9562.
///
/// Parsing is lenient (any case, with or without hyphens, `urn:uuid:` prefix, braces), writing is always
/// lower case with hyphens (spec http-and-websocket 0.2).
public struct UniqueID: Hashable, Sendable, Comparable {
    /// The first eight bytes, most significant first.
    public let high: UInt64
    /// The last eight bytes, most significant first.
    public let low: UInt64

    /// The id made of these two halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The id with these sixteen bytes in network order; nil for any other count.
    public init?(bytes: ArraySlice<UInt8>) {
        guard bytes.count == 16 else { return nil }
        self.init(
            high: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
            low: bytes.suffix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// Reads the text forms named above; nil for anything else.
    public init?(_ text: some StringProtocol) {
        self.init(utf8: Array(text.utf8)[...])
    }

    /// Reads the text forms named above from UTF-8; nil for anything else.
    public init?(utf8 bytes: ArraySlice<UInt8>) {
        let text = UniqueID.withoutWrapping(bytes)
        let hyphens = text.count == 36 ? [8, 13, 18, 23] : []
        guard text.count == 32 || text.count == 36,
            hyphens.allSatisfy({ text[text.startIndex + $0] == UInt8(ascii: "-") })
        else { return nil }
        var (high, low): (UInt64, UInt64) = (0, 0)
        var digits = 0
        // What a digit is, is looked at without a branch for each, which no processor could foresee.
        for byte in text where byte != UInt8(ascii: "-") {
            let isDecimal = byte &- UInt8(ascii: "0") < 10
            let isLetter = (byte | 0x20) &- UInt8(ascii: "a") < 6
            digits &+= (isDecimal ? 1 : 0) &+ (isLetter ? 1 : 0)
            high = high << 4 | low >> 60
            low = low << 4 | UInt64(byte & 15 &+ (byte >> 6) &* 9)
        }
        guard digits == 32 else { return nil }
        self.init(high: high, low: low)
    }

    /// The text without braces around it or the name of its kind in front.
    private static func withoutWrapping(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard text.count != 36, text.count != 32 else { return text }
        if text.first == UInt8(ascii: "{"), text.last == UInt8(ascii: "}") {
            return text.dropFirst().dropLast()
        }
        let name = "urn:uuid:".utf8
        return text.prefix(name.count).elementsEqual(
            name, by: { ($0 >= UInt8(ascii: "A") ? $0 | 0x20 : $0) == $1 })
            ? text.dropFirst(name.count) : text
    }

    /// A random id, version 4.
    public static func random() -> UniqueID {
        var generator = SystemRandomNumberGenerator()
        return UniqueID(
            high: generator.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000,
            low: generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }

    /// A version 7 id: the milliseconds of `time` first, then random bits, so that ids sort by creation time.
    public static func timeOrdered(at time: Timestamp) -> UniqueID {
        var generator = SystemRandomNumberGenerator()
        let milliseconds = UInt64(max(0, time.nanoseconds) / 1_000_000)
        return UniqueID(
            high: milliseconds << 16 | 0x7000 | generator.next() & 0x0FFF,
            low: generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }

    /// The id of sixteen zero bytes, which names nothing.
    public static let zero = UniqueID(high: 0, low: 0)

    /// The sixteen bytes in network order.
    public var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(16)
        for half in [high, low] {
            for shift in stride(from: 56, through: 0, by: -8) {
                result.append(UInt8(truncatingIfNeeded: half >> UInt64(shift)))
            }
        }
        return result
    }

    /// Lower case, with hyphens: 36 characters.
    public var text: String {
        String(decoding: utf8, as: UTF8.self)
    }

    /// The 36 bytes of `text`.
    public var utf8: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(36)
        append(to: &result)
        return result
    }

    /// Appends the 36 bytes of `text`.
    public func append(to output: inout [UInt8]) {
        for digit in 0..<32 {
            if digit == 8 || digit == 12 || digit == 16 || digit == 20 { output.append(UInt8(ascii: "-")) }
            let half = digit < 16 ? high : low
            let shift = UInt64(60 - 4 * (digit % 16))
            output.append(Hexadecimal.digit(UInt8(truncatingIfNeeded: half >> shift) & 15))
        }
    }

    public static func < (left: UniqueID, right: UniqueID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

/// A typed name: each kind of thing has its own, so that a run's id cannot stand where a node's must.
public protocol Identifier: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The 128 bits behind the name.
    var id: UniqueID { get }
    /// Wraps 128 bits.
    init(_ id: UniqueID)
}

extension Identifier {
    /// Reads any text form of `UniqueID`; nil for anything else.
    public init?(_ text: some StringProtocol) {
        guard let id = UniqueID(text) else { return nil }
        self.init(id)
    }

    /// Lower case, with hyphens.
    public var text: String { id.text }

    /// Same as `text`.
    public var description: String { id.text }

    public static func < (left: Self, right: Self) -> Bool { left.id < right.id }
}

/// One run of a flow. Version 7: sorts by creation time, so that stored runs can be partitioned by it.
public struct RunID: Identifier {
    public let id: UniqueID
    public init(_ id: UniqueID) { self.id = id }

    /// A new run id for a run that starts at `time`.
    public static func make(at time: Timestamp) -> RunID { RunID(.timeOrdered(at: time)) }
}

/// A node of a flow document.
public struct NodeID: Identifier {
    public let id: UniqueID
    public init(_ id: UniqueID) { self.id = id }
}

/// A person or service known to this server.
public struct UserID: Identifier {
    public let id: UniqueID
    public init(_ id: UniqueID) { self.id = id }
}

/// A session of a user: it begins with a login, and ends when the user logs out or does not come back.
public struct SessionID: Identifier {
    public let id: UniqueID
    public init(_ id: UniqueID) { self.id = id }
}

/// A frozen copy of a flow that can be started. Version 7.
public struct DeploymentID: Identifier {
    public let id: UniqueID
    public init(_ id: UniqueID) { self.id = id }
}

/// One of the servers on a database: a data folder, over all starts of the daemon in it.
public struct ServerID: Identifier {
    public let id: UniqueID
    public init(_ id: UniqueID) { self.id = id }
}

/// How a caller names a flow: every place that takes one accepts both forms (spec http-and-websocket 0.2).
public enum FlowID: Hashable, Sendable, CustomStringConvertible {
    /// The positive integer shown in addresses.
    case number(Int32)
    /// The flow's UUID.
    case uuid(UniqueID)

    /// All decimal digits mean the integer id, anything else must be a UUID; nil for neither.
    public init?(_ text: some StringProtocol) {
        if !text.isEmpty, text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) {
            if let number = Int32(text), number > 0 {
                self = .number(number)
                return
            }
            // Thirty-two digits without hyphens are a UUID too.
            guard text.utf8.count == 32 else { return nil }
        }
        guard let id = UniqueID(text) else { return nil }
        self = .uuid(id)
    }

    public var description: String {
        switch self {
        case .number(let number): "\(number)"
        case .uuid(let id): id.text
        }
    }
}
