import Primitives
import TestKit
import Testing

@testable import Transfer

@Suite struct `Tables as text` {
    private func table(_ text: String) throws -> CSVTable { try CSVTable(text, named: "flows") }

    @Test(
        arguments: [
            ("a;b\n1;x\n", [["1", "x"]]), ("a;b\n1;x", [["1", "x"]]), ("a;b\n;\n", [[nil, nil]]),
            ("a;b\n'';' '\n", [["", " "]]), ("a;b\n'it''s';'a;b'\n", [["it's", "a;b"]]),
            ("a;b\n'one\ntwo';'\r\n'\n3;4\n", [["one\ntwo", "\r\n"], ["3", "4"]]),
            ("a;b\n'''';''''''\n", [["'", "''"]]), ("a;b\nå😀;\"q\"\n", [["å😀", "\"q\""]]),
            ("a\n\nx\n", [[nil], ["x"]]),
            ("a;b\r\n1;x\r\n'2';'y\r\n'\r\n;\r\n", [["1", "x"], ["2", "y\r\n"], [nil, nil]]),
            ("a;b\r\n1;x", [["1", "x"]]), ("a;b\r\n1;x\n", [["1", "x"]]),
            ("a;b\n", []), ("", []),
        ] as [(String, [[String?]])])
    func `are read by the rules of the format`(text: String, rows: [[String?]]) throws {
        #expect(try table(text).rows.map(\.cells) == rows)
    }

    @Test func `know on which line each row begins`() throws {
        #expect(try table("a;b\n'x\ny\nz';1\n2;3\n'4';\n").rows.map(\.line) == [2, 5, 6])
    }

    @Test(arguments: [
        ("a;b\n1\n", "flows, line 2: expected 2 fields, found 1"),
        ("a;b\n1;2;3\n", "flows, line 2: expected 2 fields, found 3"),
        ("a;b\n\n", "flows, line 2: expected 2 fields, found 1"),
        ("a;b\n'1\n\n;2\n", "flows, line 5, column number 1: a quote is not closed"),
        (
            "a;b\n1;'2'3\n",
            "flows, line 2, column number 2: expected a separator or the end of the line behind a quote"
        ),
        (
            "a;b\n1;2'\n",
            "flows, line 2, column number 2: a quote stands in a field that does not begin with one"
        ),
        ("a;b\r", "flows, line 1, column number 2: a carriage return stands outside of quotes"),
        ("a;b\r\r\n", "flows, line 1, column number 2: a carriage return stands outside of quotes"),
        (
            "a;b\n'1'\r",
            "flows, line 2, column number 1: expected a separator or the end of the line behind a quote"
        ),
        ("a;b\n1;'\0'\n", "flows, line 2, column number 2: U+0000 cannot be stored"),
        ("a;a\n", "flows, line 1, column number 2: a column has a name of its own"),
        ("a;\n", "flows, line 1, column number 2: a column has a name of its own"),
        ("'a", "flows, line 1, column number 1: a quote is not closed"),
    ])
    func `are refused with the place and the rule`(text: String, words: String) {
        let error = #expect(throws: TransferError.self) { try table(text) }
        #expect(error?.description == words)
    }

    @Test func `have a bound on their columns`() {
        let many = String(repeating: ";", count: Limits.exportColumnsMax)
        let error = #expect(throws: TransferError.self) { try table(many) }
        #expect(error?.description == "flows, line 1: a table has at most 256 columns")
    }

    @Test func `have a bound on their fields, as empty ones cost next to nothing`() throws {
        var reader = CSVReader("a;b\n;\n;\n", table: "flows", cellsMax: 5)
        #expect(try reader.row()?.cells == ["a", "b"] && reader.row()?.cells == [nil, nil])
        let error = #expect(throws: TransferError.self) { try reader.row() }
        #expect(error?.description == "flows, line 3: the table has too many fields")
    }

    @Test func `are written as they were read, whatever is in them`() throws {
        var generator = SeededGenerator(seed: 11)
        let pieces = ["'", ";", "\n", "\r", "a", "", "\\.", "é", "{\"x\":1}", " ", "''", "\u{1F600}"]
        for width in 1...4 {
            var table = CSVTable(columns: (0..<width).map { "c\($0)" })
            for _ in 0..<200 {
                table.append(
                    (0..<width).map { _ -> String? in
                        if Int.random(in: 0..<5, using: &generator) == 0 { return nil }
                        return (0..<Int.random(in: 0..<5, using: &generator)).map { _ in
                            pieces.randomElement(using: &generator) ?? ""
                        }.joined()
                    })
            }
            let again = try self.table(table.text)
            #expect(again.rows.map(\.cells) == table.rows.map(\.cells))
            #expect(again.text == table.text)
        }
    }

    @Test func `are empty texts if they have no columns`() throws {
        #expect(CSVTable(columns: []).text.isEmpty)
        #expect(try table(CSVTable(columns: []).text) == CSVTable(columns: []))
    }

    @Test func `never trap on damaged text`() {
        let sound = "a;b;c\n1;'it''s\n';\n'';x;'y;z'\n"
        var readCount = 0
        for index in sound.indices {
            for character in ["'", ";", "\n", "\r", "\0", ""] {
                let damaged = sound[..<index] + character + sound[sound.index(after: index)...]
                for text in [String(damaged), String(sound[..<index])] {
                    guard let read = try? table(text) else { continue }
                    readCount += 1
                    #expect(read.rows.allSatisfy { $0.cells.count == read.columns.count })
                }
            }
        }
        #expect(readCount > 0, "some damage does no harm")
    }
}
