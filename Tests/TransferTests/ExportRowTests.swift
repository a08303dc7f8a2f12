import Identity
import Primitives
import Testing
import Transfer
import Wire

@Suite struct `Rows of an export` {
    private func row(_ column: String, _ cell: String?) throws -> ExportRow {
        var table = CSVTable(columns: ["id", column])
        table.append(["1", cell])
        let file = ExportFile(user: UserID(.random()), tables: ["wallets": table])
        return try #require(ExportRow.all(.wallets, of: file).first)
    }

    @Test func `are read as what their columns say`() throws {
        #expect(try row("b", "t").bool("b") && !row("b", "f").bool("b") && !row("b", nil).bool("b"))
        #expect(try row("n", "7").number("n") == 7 && row("n", nil).number("n") == nil)
        #expect(try row("j", "[1]").json("j") == [1] && row("j", nil).json("j") == nil)
        for (text, array) in [
            ("[1,{}]", [1, [:]]), ("{}", []), (#"{"{\"a\": \"x\\\\n\"}","[]"}"#, [["a": "x\\n"], []]),
            ("{1,true}", [1, true]), (#"{"\"a,b\""}"#, ["a,b"]),
        ] as [(String, [JSONValue])] {
            #expect(try row("a", text).jsonArray("a") == array)
        }
        #expect(try row("a", nil).jsonArray("a") == nil)
        #expect(try row("d", "2024-02-29").time("d") == Timestamp("2024-02-29T00:00:00Z"))
        #expect(try row("t", nil).text("t", bytesMax: 1) == "" && row("t", nil)["other"] == nil)
        let pair = Ed25519KeyPair()
        let text = Base58.encode(pair.seed.bytes + pair.publicKey.bytes)
        #expect(try row("p", text).keyPair("p", of: pair.publicKey)?.seed.bytes == pair.seed.bytes)
    }

    @Test func `are refused with line, column and rule, never with what they hold`() throws {
        let pair = Ed25519KeyPair()
        let other = Base58.encode(pair.seed.bytes + Ed25519KeyPair().publicKey.bytes)
        func words(_ cell: String?, _ body: (ExportRow) throws -> Void) throws -> String? {
            let row = try row("c", cell)
            return #expect(throws: TransferError.self) { try body(row) }?.description
        }
        let place = "wallets, line 2, column c: expected "
        #expect(try words(nil) { _ = try $0.required("c") } == place + "a text")
        #expect(try words("x") { _ = try $0.uuid("c") } == place + "a UUID")
        #expect(try words("-1") { _ = try $0.number("c") } == place + "an integer from 0")
        #expect(try words("99999999999999999999") { _ = try $0.number("c") } == place + "an integer from 0")
        #expect(try words("yes") { _ = try $0.bool("c") } == place + "t or f")
        #expect(try words("{") { _ = try $0.json("c") } == place + "JSON")
        for text in ["{", "{1", "{1,}", "{,1}", "{{1}}", #"{"1"#, #"{"1"2}"#, #"{1"2"}"#, "1", "{} "] {
            #expect(try words(text) { _ = try $0.jsonArray("c") }?.hasPrefix(place) == true, "\(text)")
        }
        #expect(try words("{NULL}") { _ = try $0.jsonArray("c") } == place + "JSON as element 1")
        #expect(try words(#"{1,"{"}"#) { _ = try $0.jsonArray("c") } == place + "JSON as element 2")
        #expect(try words("xy") { _ = try $0.text("c", bytesMax: 1) } == place + "at most 1 bytes")
        #expect(try words("0") { _ = try $0.publicKey("c") } == place + "32 bytes in Base58")
        #expect(
            try words("abc") { _ = try $0.keyPair("c", of: pair.publicKey) } == place + "64 bytes in Base58")
        #expect(
            try words(other) { _ = try $0.keyPair("c", of: pair.publicKey) } == place
                + "the pair of public_key")
    }
}
