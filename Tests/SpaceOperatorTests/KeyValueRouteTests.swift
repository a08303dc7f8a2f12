import Engine
import Identity
import Primitives
import Testing
import Values
import Wire

@testable import SpaceOperator

/// Stores that always answer the same.
private struct FixedStores: KeyValueStore {
    let result: Result<Value?, KeyValueError>

    func perform(
        _ request: KeyValueRequest, of owner: UserID,
        reply: @escaping @Sendable (Result<Value?, KeyValueError>) -> Void
    ) { reply(result) }
}

@Suite struct `Routes of key-value stores` {
    private func ask(
        _ path: String, _ body: String, _ result: Result<Value?, KeyValueError>,
        type: String = "application/json"
    ) throws -> String {
        var services = bareServices()
        services.keyValues = FixedStores(result: result)
        services.findsKeyPair = { $0 == .string("a key pair") }
        let target = try #require(HTTPTarget("/kv/" + path))
        let request = HTTPRequest(
            method: .post, target: target, headers: ["Content-Type": type], body: Array(body.utf8))
        let key = try #require(routeKey)
        let response = try #require(carryOut(services, request, caller: .caller(.user(routeUser, key))))
        return "\(response.status) \(String(decoding: response.body, as: UTF8.self))"
    }

    @Test(arguments: [
        ("create_store", KeyValueError.storeExists, #"412 {"error":"database already exists"}"#),
        ("create_store", .limitExceeded, #"403 {"error":"user's storage limit exceeded"}"#),
        ("delete_store", .storeNotFound, #"404 {"error":"store not found"}"#),
        ("write_item", .storeNotFound, #"404 {"error":"store not found"}"#),
        ("write_item", .limitExceeded, #"403 {"error":"user's storage limit exceeded"}"#),
        ("write_item", .itemTooLarge, "400 "), ("write_item", .invalidKey, "400 "),
        ("read_item", .storeNotFound, #"404 {"error":"not found"}"#),
        ("delete_item", .storeNotFound, #"404 {"error":"not found"}"#), ("read_item", .invalidKey, "400 "),
        ("read_item", .storage(.unavailable), "503 "), ("read_item", .storage(.overloaded), "503 "),
        ("read_item", .storage(.failed), "500 "),
    ])
    func `say why something cannot be done`(path: String, error: KeyValueError, answer: String) throws {
        #expect(try ask(path, #"{"store":"s","key":"k","value":1}"#, .failure(error)).hasPrefix(answer))
    }

    @Test func `show items in their tagged form`() throws {
        let body = #"{"store":"s","key":"k","value":{"S":"a"}}"#
        let value = Value.map(["a": .u64(1)])
        #expect(try ask("write_item", body, .success(nil)) == #"200 {"old_value":null}"#)
        #expect(try ask("write_item", body, .success(value)) == #"200 {"old_value":{"M":{"a":{"U":"1"}}}}"#)
        #expect(try ask("read_item", body, .success(value)) == #"200 {"value":{"M":{"a":{"U":"1"}}}}"#)
        #expect(try ask("read_item", body, .success(nil)) == #"404 {"error":"not found"}"#)
        #expect(try ask("delete_item", body, .success(.null)) == #"200 {"old_value":{"N":0}}"#)
        #expect(try ask("delete_item", body, .success(nil)) == #"404 {"error":"not found"}"#)
    }

    @Test(arguments: [
        "", "{", "[]", "null", #"{"store":1,"key":"k","value":1}"#, #"{"key":"k","value":1}"#,
        #"{"store":"s","key":null,"value":1}"#, #"{"store":"s","key":"k"}"#,
        #"{"store":"s","key":"k","value":1}x"#,
        String(repeating: "[", count: 5_000),
    ])
    func `refuse bodies that are not theirs`(body: String) throws {
        #expect(try ask("write_item", body, .success(nil)).hasPrefix(#"400 {"error":""#))
    }

    @Test func `take no key pair, as an item is shown again`() throws {
        for (name, body) in [
            ("value", #"{"store":"s","key":"k","value":"a key pair"}"#),
            ("value", #"{"store":"s","key":"k","value":{"S":"a key pair"}}"#),
            ("key", #"{"store":"s","key":"a key pair","value":1}"#),
        ] {
            let answer = try ask("write_item", body, .success(nil))
            #expect(answer.hasPrefix("400 "))
            #expect(
                answer.contains("\(name): a key pair belongs into a wallet or a secret, not into an item"))
        }
    }

    @Test func `want bodies that say that they are JSON`() throws {
        #expect(
            try ask("create_store", #"{"store":"s"}"#, .success(nil), type: "text/plain").hasPrefix("400 "))
    }
}
