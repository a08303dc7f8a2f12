// COPY from this process into a table: the rows in the binary form of the protocol, and the states of one
// COPY. Pure: the connection asks it what to send and tells it what came back.

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

    /// Everything that is sent, header and trailer included.
    public var encoded: [UInt8] { bytes + CopyRows.trailer }
}

/// One COPY that is being sent: cuts the data into pieces and ends it when the server is ready for that.
public struct CopyStream: Sendable {
    /// What the connection does next.
    public enum Order: Equatable, Sendable {
        /// Send this piece, then ask again.
        case send(ArraySlice<UInt8>)
        /// Tell the server that this was all.
        case end
        /// Nothing to do before the server says something.
        case wait
    }

    /// Where the COPY stands.
    enum State: Equatable {
        case awaitingInvitation, sending(from: Int), awaitingResult, finished
    }

    /// Bytes of one piece: the output buffer of the client library grows to about this size.
    static let pieceBytes = 64 * 1024

    private let data: [UInt8]
    private(set) var state = State.awaitingInvitation

    /// A COPY of this data, whose statement has been sent.
    public init(_ rows: CopyRows) { data = rows.encoded }

    /// The server is ready for data. False if it had no reason to say so: that is a broken protocol.
    @discardableResult
    public mutating func invited() -> Bool {
        guard state == .awaitingInvitation else { return false }
        state = .sending(from: 0)
        return true
    }

    /// What to do next. A piece counts as sent once it has been handed out; one that the connection could not
    /// take is handed back with `returned`.
    public mutating func next() -> Order {
        guard case .sending(let start) = state else { return .wait }
        guard start < data.count else {
            state = .awaitingResult
            return .end
        }
        let end = min(start + CopyStream.pieceBytes, data.count)
        state = .sending(from: end)
        return .send(data[start..<end])
    }

    /// The connection could not take this piece yet; it comes again with the next order.
    public mutating func returned(_ piece: ArraySlice<UInt8>) {
        state = .sending(from: piece.startIndex)
    }

    /// The server has taken or refused the whole COPY; it may refuse before everything is sent.
    public mutating func finished() { state = .finished }

    /// True once the server has given its verdict.
    public var isFinished: Bool { state == .finished }
}
