// Values in the binary form of Postgres' protocol: parameters, fields of COPY rows, elements of arrays.

public import Primitives

/// A type of the server, by the numbers of its catalogue.
public struct PostgresType: Hashable, Sendable {
    let oid: UInt32
    let arrayOID: UInt32

    public static let bool = PostgresType(oid: 16, arrayOID: 1000)
    public static let bytea = PostgresType(oid: 17, arrayOID: 1001)
    public static let bigint = PostgresType(oid: 20, arrayOID: 1016)
    public static let smallint = PostgresType(oid: 21, arrayOID: 1005)
    public static let integer = PostgresType(oid: 23, arrayOID: 1007)
    public static let text = PostgresType(oid: 25, arrayOID: 1009)
    public static let json = PostgresType(oid: 114, arrayOID: 199)
    public static let jsonb = PostgresType(oid: 3802, arrayOID: 3807)
    public static let timestamptz = PostgresType(oid: 1184, arrayOID: 1185)
    public static let uuid = PostgresType(oid: 2950, arrayOID: 2951)
    /// What functions give that give nothing; there are no values of it.
    public static let void = PostgresType(oid: 2278, arrayOID: 0)

    /// The type of arrays of this type.
    public var array: PostgresType { PostgresType(oid: arrayOID, arrayOID: 0) }
}

/// One parameter of a statement or one field of a COPY row.
///
/// The server takes the bytes as they are: the case must match the type that the statement declares.
public enum PostgresValue: Sendable {
    case null
    case bool(Bool)
    case smallint(Int16)
    case integer(Int32)
    case bigint(Int64)
    /// Text columns cannot hold NUL: each one is written as U+FFFD.
    case text(String)
    case bytea([UInt8])
    /// JSON text, stored byte for byte. `\u0000` in a string is no trouble.
    case json([UInt8])
    /// JSON text for a parsed column, which refuses `\u0000`.
    case jsonb([UInt8])
    case uuid(UniqueID)
    /// Whole microseconds; `Timestamp.nanosecondsBelowMicrosecond` has the rest of a moment.
    case timestamptz(Timestamp)
    case array(PostgresArray)

    /// Appends the length and the bytes; a null is the length -1.
    public func appendField(to output: inout [UInt8]) {
        switch self {
        case .null:
            output.append(bigEndian: Int32(-1))
        case .bool(let value):
            output.append(bigEndian: Int32(1))
            output.append(value ? 1 : 0)
        case .smallint(let value):
            output.append(bigEndian: Int32(2))
            output.append(bigEndian: value)
        case .integer(let value):
            output.append(bigEndian: Int32(4))
            output.append(bigEndian: value)
        case .bigint(let value):
            output.append(bigEndian: Int32(8))
            output.append(bigEndian: value)
        case .uuid(let value):
            output.append(bigEndian: Int32(16))
            output.append(bigEndian: value.high)
            output.append(bigEndian: value.low)
        case .timestamptz(let value):
            output.append(bigEndian: Int32(8))
            output.append(bigEndian: value.postgresMicroseconds)
        case .bytea(let bytes), .json(let bytes):
            output.append(field: bytes)
        case .jsonb(let bytes):
            output.append(bigEndian: PostgresValue.length(bytes.count + 1))
            output.append(PostgresValue.jsonbVersion)
            output.append(contentsOf: bytes)
        case .text(let text):
            PostgresValue.append(text, to: &output)
        case .array(let array):
            array.appendField(to: &output)
        }
    }

    /// About how much memory it takes.
    public var byteCount: Int {
        let content =
            switch self {
            case .bytea(let bytes), .json(let bytes), .jsonb(let bytes): bytes.count
            case .text(let text): text.utf8.count
            case .array(let array): array.byteCount
            case .null, .bool, .smallint, .integer, .bigint, .uuid, .timestamptz: 0
            }
        return MemoryLayout<PostgresValue>.stride + content
    }

    private static let jsonbVersion: UInt8 = 1

    private static func append(_ text: String, to output: inout [UInt8]) {
        var nulCount = 0
        for byte in text.utf8 where byte == 0 { nulCount += 1 }
        output.append(bigEndian: length(text.utf8.count + 2 * nulCount))
        guard nulCount > 0 else {
            output.append(contentsOf: text.utf8)
            return
        }
        for byte in text.utf8 {
            if byte == 0 { output.append(contentsOf: [0xEF, 0xBF, 0xBD]) } else { output.append(byte) }
        }
    }

    /// The length of a field. All makers of fields bound them far below 2 GiB, which is the protocol's bound.
    static func length(_ count: Int) -> Int32 {
        guard let length = Int32(exactly: count) else {
            preconditionFailure("a field of more than two gibibytes cannot be sent to the database")
        }
        return length
    }
}

/// A one-dimensional array of one type, built element by element.
public struct PostgresArray: Sendable {
    private let element: PostgresType
    private var fields: [UInt8] = []
    /// How many elements there are.
    public private(set) var count = 0
    private var hasNull = false

    /// About how much memory the elements take.
    var byteCount: Int { fields.count }

    /// An empty array of elements of this type.
    public init(of element: PostgresType) { self.element = element }

    /// An array of these elements.
    public init(of element: PostgresType, _ values: some Sequence<PostgresValue>) {
        self.init(of: element)
        for value in values { append(value) }
    }

    /// Adds an element, which must be null or of the array's type.
    public mutating func append(_ value: PostgresValue) {
        if case .null = value { hasNull = true }
        value.appendField(to: &fields)
        count += 1
    }

    /// The text form of a text array, for a column of arrays within an array of rows: arrays of arrays must be
    /// rectangular, so each inner one travels as text and is cast by the statement.
    public static func literal(_ elements: some Sequence<String>) -> String {
        var text = "{"
        for element in elements {
            if text.utf8.count > 1 { text += "," }
            text += "\""
            for character in element.unicodeScalars {
                if character == "\"" || character == "\\" { text += "\\" }
                text.unicodeScalars.append(character)
            }
            text += "\""
        }
        return text + "}"
    }

    func appendField(to output: inout [UInt8]) {
        let header = count == 0 ? 12 : 20
        output.append(bigEndian: PostgresValue.length(header + fields.count))
        output.append(bigEndian: Int32(count == 0 ? 0 : 1))
        output.append(bigEndian: Int32(hasNull ? 1 : 0))
        output.append(bigEndian: element.oid)
        guard count > 0 else { return }
        output.append(bigEndian: PostgresValue.length(count))
        output.append(bigEndian: Int32(1))
        output.append(contentsOf: fields)
    }
}

extension [UInt8] {
    mutating func append(bigEndian value: some FixedWidthInteger) {
        unsafe Swift.withUnsafeBytes(of: value.bigEndian) { unsafe append(contentsOf: $0) }
    }

    mutating func append(field bytes: [UInt8]) {
        append(bigEndian: PostgresValue.length(bytes.count))
        append(contentsOf: bytes)
    }
}

extension Timestamp {
    /// Microseconds between 1970 and 2000, where the server counts from.
    private static let postgresEpoch: Int64 = 946_684_800_000_000

    /// Whole microseconds since 2000, rounded down.
    var postgresMicroseconds: Int64 {
        let microseconds = nanoseconds / 1_000
        return (nanoseconds % 1_000 < 0 ? microseconds - 1 : microseconds) - Timestamp.postgresEpoch
    }

    /// The nanoseconds that the server's microseconds lose: 0 to 999.
    public var nanosecondsBelowMicrosecond: Int16 {
        let rest = nanoseconds % 1_000
        return Int16(rest < 0 ? rest + 1_000 : rest)
    }

    /// The moment of a stored time and what was stored beside it; nil if it is beyond what nanoseconds hold.
    init?(postgresMicroseconds microseconds: Int64, nanosecondsBelow rest: Int16 = 0) {
        let (since1970, early) = microseconds.addingReportingOverflow(Timestamp.postgresEpoch)
        let (nanoseconds, late) = since1970.multipliedReportingOverflow(by: 1_000)
        let (total, beyond) = nanoseconds.addingReportingOverflow(Int64(rest))
        guard !early, !late, !beyond else { return nil }
        self.init(nanoseconds: total)
    }
}
