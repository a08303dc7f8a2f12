// The rows that a statement gave back, and the reading of their cells.

public import Primitives

/// Rows in the binary form of the protocol. All cells lie in one run of bytes.
public struct PostgresRows: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var nulls: Set<Int> = []
    private let columnCount: Int
    /// How many rows there are.
    public private(set) var count = 0

    init(columnCount: Int) { self.columnCount = columnCount }

    /// No rows.
    public static let none = PostgresRows(columnCount: 0)

    /// Adds the next cell in the order of the columns; nil is the server's NULL.
    mutating func append(cell: some Sequence<UInt8>) {
        bytes.append(contentsOf: cell)
        closeCell()
    }

    mutating func appendNull() {
        nulls.insert(ends.count)
        closeCell()
    }

    private mutating func closeCell() {
        ends.append(bytes.count)
        if ends.count % columnCount == 0 { count += 1 }
    }

    /// The row at this position, which must be below `count`.
    public subscript(row: Int) -> Row {
        precondition(row >= 0 && row < count, "a row is asked for that the statement did not give")
        return Row(rows: self, first: row * columnCount)
    }

    /// One row. Columns are named by their position; asking for one that is not there, is null, or has another
    /// length than the type needs throws `unexpectedReply`.
    public struct Row {
        fileprivate let rows: PostgresRows
        fileprivate let first: Int

        /// True if the cell holds the server's NULL.
        public func isNull(_ column: Int) -> Bool { rows.nulls.contains(first + column) }

        /// The cell's bytes as the server sent them.
        public func bytes(_ column: Int) throws(PostgresError) -> [UInt8] {
            let cell = first + column
            guard column >= 0, column < rows.columnCount, !rows.nulls.contains(cell) else {
                throw PostgresError(.unexpectedReply, detail: "column \(column) is missing or null")
            }
            return Array(rows.bytes[(cell == 0 ? 0 : rows.ends[cell - 1])..<rows.ends[cell]])
        }

        /// A text. Bytes that are not UTF-8 become U+FFFD.
        public func text(_ column: Int) throws(PostgresError) -> String {
            String(decoding: try bytes(column), as: UTF8.self)
        }

        /// A boolean, which is one byte: false if it is zero. Throws for another length.
        public func bool(_ column: Int) throws(PostgresError) -> Bool {
            try number(column, as: UInt8.self) != 0
        }

        /// A `smallint`. Throws unless the cell has two bytes.
        public func smallint(_ column: Int) throws(PostgresError) -> Int16 { try number(column) }

        /// An `integer`. Throws unless the cell has four bytes.
        public func integer(_ column: Int) throws(PostgresError) -> Int32 { try number(column) }

        /// A `bigint`. Throws unless the cell has eight bytes.
        public func bigint(_ column: Int) throws(PostgresError) -> Int64 { try number(column) }

        /// A `uuid`. Throws unless the cell has sixteen bytes.
        public func uuid(_ column: Int) throws(PostgresError) -> UniqueID {
            guard let id = UniqueID(bytes: try bytes(column)[...]) else { throw unexpected(column) }
            return id
        }

        /// A moment, with the nanoseconds below its microsecond if they were stored beside it.
        public func timestamptz(_ column: Int, nanosecondsBelow rest: Int16 = 0) throws(PostgresError)
            -> Timestamp
        {
            let microseconds: Int64 = try number(column)
            guard let time = Timestamp(postgresMicroseconds: microseconds, nanosecondsBelow: rest) else {
                throw unexpected(column)
            }
            return time
        }

        /// The elements of a uuid array, none of them null.
        public func uuids(_ column: Int) throws(PostgresError) -> [UniqueID] {
            var reader = PostgresArrayReader(try bytes(column))
            guard let elements = reader.elements(of: .uuid) else { throw unexpected(column) }
            var ids: [UniqueID] = []
            for element in elements {
                guard let id = UniqueID(bytes: element[...]) else { throw unexpected(column) }
                ids.append(id)
            }
            return ids
        }

        private func number<Integer: FixedWidthInteger>(
            _ column: Int, as type: Integer.Type = Integer.self
        ) throws(PostgresError) -> Integer {
            let cell = try bytes(column)
            guard cell.count == Integer.bitWidth / 8 else { throw unexpected(column) }
            return Integer(bigEndianBytes: cell)
        }

        private func unexpected(_ column: Int) -> PostgresError {
            PostgresError(.unexpectedReply, detail: "column \(column) is not of the expected type")
        }
    }
}

/// Reads the binary form of a one-dimensional array.
struct PostgresArrayReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// All elements, or nil if this is no array of that type, has more than one dimension or a null.
    mutating func elements(of type: PostgresType) -> [ArraySlice<UInt8>]? {
        guard let dimensions = int32(), let hasNull = int32(), hasNull == 0, let oid = int32(),
            UInt32(bitPattern: oid) == type.oid
        else { return nil }
        if dimensions == 0 { return position == bytes.count ? [] : nil }
        guard dimensions == 1, let count = int32(), count >= 0, int32() != nil else { return nil }
        var elements: [ArraySlice<UInt8>] = []
        for _ in 0..<count {
            guard let length = int32(), length >= 0, Int(length) <= bytes.count - position else { return nil }
            elements.append(bytes[position..<position + Int(length)])
            position += Int(length)
        }
        return position == bytes.count ? elements : nil
    }

    private mutating func int32() -> Int32? {
        guard bytes.count - position >= 4 else { return nil }
        defer { position += 4 }
        return Int32(bigEndianBytes: bytes[position..<position + 4])
    }
}

extension FixedWidthInteger {
    /// The integer of these bytes, most significant first; as many as it is wide.
    init(bigEndianBytes bytes: some Sequence<UInt8>) {
        var value: Self = 0
        for byte in bytes {
            value = Self.bitWidth == 8 ? 0 : value << 8
            value |= Self(truncatingIfNeeded: byte)
        }
        self = value
    }
}
