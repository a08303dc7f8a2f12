import Primitives
import Testing
import Transfer

@Suite struct `The file of an export` {
    private static let user = "e006ca5d-3c7c-4839-8b23-9c6f624f36b9"

    private func read(_ text: String) throws -> ExportFile { try ExportFile(Array(text.utf8)) }

    @Test func `is read and written back equal`() throws {
        let text = #"{"user_id":"\#(Self.user)","flows":"id;name\n1;'a;''b'''\n","wallets":"id\n"}"#
        let file = try read(text)
        #expect(String(decoding: file.encoded, as: UTF8.self) == text)
        #expect(file[.flows]?.rows.map(\.cells) == [["1", "a;'b'"]])
        #expect(file[.wallets]?.rows == [] && file[.apiKeys] == nil)
    }

    @Test func `knows the old name of the node definitions, and names of others`() throws {
        let file = try read(#"{"nodes":"id\n7\n","user_id":"\#(Self.user)","later":"whatever ' it is"}"#)
        #expect(file[.nodeDefinitions]?.rows.count == 1)
        #expect(file.tables.keys.sorted() == ["later", "node_definitions"])
    }

    @Test(arguments: [
        ("", "the file is not JSON: something is wrong at line 1 column 0"),
        (#"{"user_id": sesame}"#, "the file is not JSON: something is wrong at line 1 column 13"),
        ("[]", "expected an object of at most 64 tables"),
        ("{}", "user_id is missing; is this file an export?"),
        (#"{"user_id":"sesame"}"#, "user_id is not one UUID"),
        (#"{"user_id":null}"#, "a table of an unknown name is not a text"),
        (#"{"flows":[]}"#, "flows is not a text"), (#"{"flows":"","flows":""}"#, "flows is there twice"),
        (#"{"nodes":"","node_definitions":""}"#, "node_definitions is there twice"),
        (#"{"sesame":1}"#, "a table of an unknown name is not a text"),
        (#"{"wallets":"keypair\n'sesame"}"#, "wallets, line 2, column number 1: a quote is not closed"),
    ])
    func `is refused without a word of what stands in it`(text: String, words: String) {
        let error = #expect(throws: TransferError.self) { try read(text) }
        #expect(error?.description == words)
        #expect(error?.description.contains("sesame") == false)
    }
}
