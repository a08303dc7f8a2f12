import Dialect
import Identity
import Primitives
import Synchronization
import Tables
import Testing
import Wire

@testable import SpaceOperator

/// Tables that remember who asked.
private final class NotingTables: TableStore {
    let callers = Mutex<[TableCaller]>([])

    func perform(_ request: TableRequest, reply: @escaping @Sendable (Result<TableReply, TableError>) -> Void)
    {
        callers.withLock { $0.append(request.caller) }
        reply(.success(TableReply(rows: Array("[]".utf8), count: 0, total: nil, isCut: false)))
    }
}

@Suite struct `Routes of tables` {
    private func ask(
        _ method: HTTPMethod = .get, _ target: String = "flows", _ headers: HTTPHeaders = [:],
        body: String = "",
        caller: AuthenticationResult, problems: [String] = []
    ) throws -> (text: String, callers: [TableCaller]) {
        let tables = NotingTables()
        var services = bareServices()
        services.tables = tables
        services.documentProblems = { _ in problems }
        let request = HTTPRequest(
            method: method, target: try #require(HTTPTarget("/rest/v1/" + target)), headers: headers,
            body: Array(body.utf8))
        let response = try #require(carryOut(services, request, caller: caller))
        let code = try JSONValue.parse(response.body.isEmpty ? Array("[]".utf8) : response.body)["code"]?
            .string
        return ("\(response.status) \(code ?? "")", tables.callers.withLock { $0 })
    }

    @Test func `know who asks`() throws {
        let key = try #require(routeKey)
        let known = AuthenticationResult.caller(.user(routeUser, key))
        #expect(try ask(caller: known) == ("200 ", [.user(routeUser)]))
        #expect(try ask(.get, "flows", ["apikey": "open-key"], caller: known) == ("200 ", [.user(routeUser)]))
        let missing = AuthenticationResult.refused(.missing)
        #expect(try ask(caller: missing) == ("401 PGRST301", []))
        #expect(try ask(.get, "flows", ["apikey": "open-key"], caller: missing) == ("200 ", [.anonymous]))
        #expect(
            try ask(.get, "flows", ["Authorization": "Bearer open-key"], caller: missing) == (
                "200 ", [.anonymous]
            ))
        #expect(try ask(.get, "flows", ["apikey": "other"], caller: missing) == ("401 PGRST301", []))
        let forged = AuthenticationResult.refused(.tokenForged)
        #expect(try ask(.get, "flows", ["apikey": "open-key"], caller: forged) == ("401 PGRST301", []))
        #expect(try ask(caller: .unavailable) == ("503 PGRST000", []))
        #expect(try ask(caller: .caller(.run(RunID(.random())))) == ("401 PGRST301", []))
        #expect(try ask(caller: .caller(.starter(key))) == ("401 PGRST301", []))
    }

    /// First address and query, then the credential, then the body (spec http-and-websocket 2.3).
    @Test func `look at the address, then at the caller, then at the body`() throws {
        let missing = AuthenticationResult.refused(.missing)
        let known = AuthenticationResult.caller(.user(routeUser, try #require(routeKey)))
        #expect(try ask(.post, "nothing", caller: missing).text == "404 PGRST205")
        #expect(try ask(.post, "flows?x=eq.1", body: "{", caller: missing).text == "400 42703")
        #expect(try ask(.post, "flows", body: "{", caller: missing).text == "401 PGRST301")
        #expect(try ask(.post, "flows", body: "{", caller: known).text == "400 PGRST102")
    }

    /// Otherwise clients show an error whose fields are all missing.
    @Test(
        arguments: [
            ("GET", "", .unknownPath, "404 PGRST125"), ("GET", "/", .unknownPath, "404 PGRST125"),
            ("POST", "/rpc/f", .unknownPath, "404 PGRST202"), ("GET", "/rpc/f", .unknownPath, "404 PGRST202"),
            ("GET", "/a/b", .unknownPath, "404 PGRST125"),
            ("PUT", "/flows", .otherMethods([.get, .post]), "405 PGRST117"),
            ("POST", "/flows", .unreadable(.bodyTooLarge), "413 413"),
            ("GET", "/flows", .unreadable(.targetTooLong), "414 414"),
            ("GET", "/flows", .unreadable(.headTooLarge), "431 431"),
            ("GET", "/flows", .crowded(retryAfterSeconds: 1), "503 503"), ("GET", "/flows", .late, "408 408"),
        ] as [(String, String, Refusal, String)])
    func `have their shape when the web server refuses`(
        method: String, path: String, refusal: Refusal, expected: String
    ) throws {
        let request = HTTPRequest(
            method: HTTPMethod(method), target: try #require(HTTPTarget("/rest/v1" + path)))
        let answer = SpaceOperatorWords().answer(refusal, to: request)
        let body = try JSONValue.parse(answer.body)
        #expect("\(answer.status) \(body["code"]?.string ?? "")" == expected)
        #expect(body.object?.entries.map(\.key) == ["code", "message", "details", "hint"])
        #expect(body["message"]?.string?.isEmpty == false)
        let elsewhere = HTTPRequest(method: .get, target: try #require(HTTPTarget("/rest/v2/flows")))
        #expect(try JSONValue.parse(SpaceOperatorWords().answer(refusal, to: elsewhere).body)["error"] != nil)
    }

    @Test func `store no flow that cannot be read`() throws {
        let known = AuthenticationResult.caller(.user(routeUser, try #require(routeKey)))
        let body = #"{"nodes":[{}]}"#
        #expect(try ask(.post, "flows", body: body, caller: known, problems: ["oh"]) == ("400 23514", []))
        #expect(try ask(.post, "flows", body: body, caller: known) == ("201 ", [.user(routeUser)]))
        #expect(
            try ask(.post, "flows", body: #"{"name":"n"}"#, caller: known, problems: ["oh"]).text == "201 ")
    }
}
