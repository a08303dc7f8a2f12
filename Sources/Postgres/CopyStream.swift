// COPY from this process into a table: the rows in the binary form of the protocol, and how much of them was
// sent. Pure: the connection asks it what to send.

/// Rows of one table, written as COPY's binary form expects them.
public struct CopyRows: Sendable {
    /// How many rows there are.
    public private(set) var count = 0
    private let columnCount: Int
    private var bytes: [UInt8]

    /// Signature, no flags, no header extension (manual, COPY, binary format).
    private static let header: [UInt8] =
        Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)
    private static let trailer: [UInt8] = [0xFF, 0xFF]

    /// No rows yet, for a table or list of so many columns.
    public init(columnCount: Int) {
        self.columnCount = columnCount
        bytes = CopyRows.header
    }

    /// Adds a row; there must be a value for each column.
    public mutating func append(_ values: [PostgresValue]) {
        precondition(values.count == columnCount, "a row has another number of fields than its table")
        bytes.append(bigEndian: Int16(columnCount))
        for value in values { value.appendField(to: &bytes) }
        count += 1
    }

    /// Adds a row whose fields are asked for one after the other, by the position of their column.
    public mutating func append(_ value: (Int) -> PostgresValue) {
        bytes.append(bigEndian: Int16(columnCount))
        for column in 0..<columnCount { value(column).appendField(to: &bytes) }
        count += 1
    }

    /// Everything that is sent, header and trailer included.
    public var encoded: [UInt8] { bytes + CopyRows.trailer }
}

/// A COPY whose data the server waits for: cuts the data into pieces and then ends the COPY. The library gives no reply
/// before the end, so nothing else can be done meanwhile.
public struct CopyStream: Sendable {
    /// What the connection does next.
    public enum Order: Equatable, Sendable {
        /// Send this piece, then ask again.
        case send(ArraySlice<UInt8>)
        /// Tell the server that this was all.
        case end
    }

    /// Bytes of one piece: the output buffer of the client library grows to about this size.
    static let pieceBytes = 64 * 1024

    private let data: [UInt8]
    private var position = 0

    /// A COPY of these rows.
    public init(_ rows: CopyRows) { data = rows.encoded }

    /// What to do next. A piece counts as sent once it has been handed out; one that the connection could not
    /// take is handed back with `returned`.
    public mutating func next() -> Order {
        guard position < data.count else { return .end }
        let end = min(position + CopyStream.pieceBytes, data.count)
        defer { position = end }
        return .send(data[position..<end])
    }

    /// The connection could not take this piece yet; it comes again with the next order.
    public mutating func returned(_ piece: ArraySlice<UInt8>) { position = piece.startIndex }
}
