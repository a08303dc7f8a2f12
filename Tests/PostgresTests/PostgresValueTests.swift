import Primitives
import Testing

@testable import Postgres

@Suite struct `Values in the protocol's binary form` {
    private func field(_ value: PostgresValue) -> [UInt8] {
        var bytes: [UInt8] = []
        value.appendField(to: &bytes)
        return bytes
    }

    @Test func `each kind has its length and its bytes`() {
        #expect(field(.null) == [255, 255, 255, 255])
        #expect(field(.bool(true)) == [0, 0, 0, 1, 1])
        #expect(field(.smallint(-2)) == [0, 0, 0, 2, 255, 254])
        #expect(field(.integer(258)) == [0, 0, 0, 4, 0, 0, 1, 2])
        #expect(field(.bigint(.min)) == [0, 0, 0, 8, 128, 0, 0, 0, 0, 0, 0, 0])
        #expect(field(.bytea([0, 1])) == [0, 0, 0, 2, 0, 1])
        #expect(field(.json([0x7B, 0x7D])) == [0, 0, 0, 2, 0x7B, 0x7D])
        #expect(field(.jsonb([0x7B, 0x7D])) == [0, 0, 0, 3, 1, 0x7B, 0x7D])
        #expect(field(.text("a")) == [0, 0, 0, 1, 0x61])
        #expect(field(.uuid(UniqueID(high: 1, low: 2))) == [0, 0, 0, 16] + UniqueID(high: 1, low: 2).bytes)
    }

    @Test func `a NUL in a text becomes the replacement character`() {
        #expect(field(.text("a\u{0}\u{0}b")) == [0, 0, 0, 8] + Array("a\u{FFFD}\u{FFFD}b".utf8))
    }

    @Test(arguments: [
        PostgresValue.text(String(repeating: "a", count: 10_000)),
        .json([UInt8](repeating: 32, count: 10_000)),
        .jsonb([UInt8](repeating: 32, count: 10_000)), .bytea([UInt8](repeating: 0, count: 10_000)),
        .array(PostgresArray(of: .text, [.text(String(repeating: "a", count: 10_000))])),
    ])
    func `what is large says so, whatever kind it is of`(value: PostgresValue) {
        #expect((10_000..<10_100).contains(value.byteCount))
    }

    @Test func `an array names its type and its nulls`() {
        let array = PostgresArray(of: .integer, [.integer(5), .null])
        #expect(
            field(.array(array)) == [
                0, 0, 0, 32, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 23, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0,
                5,
                255, 255, 255, 255,
            ])
        #expect(
            field(.array(PostgresArray(of: .uuid))) == [
                0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0B, 0x86,
            ])
    }

    @Test func `an array literal escapes what would end a text`() {
        #expect(PostgresArray.literal([]) == "{}")
        #expect(PostgresArray.literal(["a,b", "say \"x\"", "\\", ""]) == #"{"a,b","say \"x\"","\\",""}"#)
    }

    @Test(arguments: [
        0, 1, 999, 1_000, -1, -999, -1_000, -1_001, 1_700_000_000_123_456_789, Int64.min, Int64.max,
        946_684_800_000_000_000,
    ])
    func `a moment is its microseconds and what lies below them`(nanoseconds: Int64) {
        let time = Timestamp(nanoseconds: nanoseconds)
        #expect((0...999).contains(time.nanosecondsBelowMicrosecond))
        // The first microsecond begins before what nanoseconds can hold.
        if nanoseconds > Int64.min + 1_000 {
            let read = Timestamp(
                postgresMicroseconds: time.postgresMicroseconds,
                nanosecondsBelow: time.nanosecondsBelowMicrosecond)
            #expect(read == time)
        }
    }

    @Test func `moments beyond nanoseconds are refused`() {
        #expect(Timestamp(postgresMicroseconds: .max) == nil)
        #expect(Timestamp(postgresMicroseconds: .min) == nil)
    }
}

@Suite struct `Rows of a reply` {
    private func rows(_ cells: [[UInt8]?], columns: Int) -> PostgresRows {
        var rows = PostgresRows(columnCount: columns)
        for cell in cells {
            if let cell { rows.append(cell: cell) } else { rows.appendNull() }
        }
        return rows
    }

    @Test func `cells are read by position and type`() throws {
        let id = UniqueID(high: 3, low: 4)
        let rows = rows([[1], [0, 5], nil, [], id.bytes, [0x61]], columns: 3)
        #expect(rows.count == 2)
        #expect(try rows[0].bool(0))
        #expect(try rows[0].smallint(1) == 5)
        #expect(rows[0].isNull(2))
        #expect(try rows[1].bytes(0) == [])
        #expect(try rows[1].uuid(1) == id)
        #expect(try rows[1].text(2) == "a")
    }

    @Test func `a cell of another kind is an error, not a trap`() {
        let row = rows([[1, 2, 3], nil], columns: 2)[0]
        #expect(throws: PostgresError.self) { try row.integer(0) }
        #expect(throws: PostgresError.self) { try row.uuid(0) }
        #expect(throws: PostgresError.self) { try row.bool(0) }
        #expect(throws: PostgresError.self) { try row.timestamptz(0) }
        #expect(throws: PostgresError.self) { try row.uuids(0) }
        #expect(throws: PostgresError.self) { try row.text(1) }
        #expect(throws: PostgresError.self) { try row.text(2) }
        #expect(throws: PostgresError.self) { try row.text(-1) }
    }

    @Test func `arrays of ids are read, and a broken one at every cut is an error`() throws {
        let ids = [UniqueID(high: 1, low: 2), UniqueID(high: 3, low: 4)]
        var bytes: [UInt8] = []
        PostgresValue.array(PostgresArray(of: .uuid, ids.map { .uuid($0) })).appendField(to: &bytes)
        let cell = Array(bytes.dropFirst(4))
        #expect(try rows([cell], columns: 1)[0].uuids(0) == ids)
        for end in 0..<cell.count {
            let row = rows([Array(cell[..<end])], columns: 1)[0]
            #expect(throws: PostgresError.self) { try row.uuids(0) }
        }
    }
}

@Suite struct `What helps against a database error` {
    @Test(arguments: [
        ("08006", PostgresError.Remedy.reconnect), ("57P01", .reconnect), ("57014", .wait), ("40001", .wait),
        ("40P01", .wait), ("53100", .wait), ("55P03", .wait), ("58030", .wait), ("25006", .reconnect),
        ("22P02", .changeData), ("23505", .changeData), ("23514", .changeData), ("54000", .changeData),
        ("P0001", .changeData), ("42P01", .none), ("42501", .none), ("XX000", .none),
    ])
    func `its class decides`(state: String, remedy: PostgresError.Remedy) {
        #expect(PostgresError(.refused(SQLState(state)), detail: "").remedy == remedy)
    }

    @Test func `its description holds no data`() {
        let error = PostgresError(.refused(.uniqueViolation), detail: "Key (name)=(secret) already exists")
        #expect(error.description == "the database refused a statement with state 23505")
        #expect(error.debugDescription.hasSuffix("(secret) already exists"))
        #expect(SQLState("2350").code == "XX000")
        #expect(SQLState("23é").code == "XX000")
    }
}
