import Daemon
import Foundation
import Identity
import Primitives
import Synchronization
import TestKit
import TestTraits
import Testing

/// Everything that proves who somebody is goes over the wire once, right and wrong, and then log, tables and refusals are
/// searched for it.
@Suite(.blocking) struct `What proves who somebody is` {
    private let pair = Ed25519KeyPair()
    private let kept = Ed25519KeyPair()
    private let place: DaemonPlace
    private let log = CollectedLog()

    init() throws {
        place = try DaemonPlace(settings: ["FLOWD_OWNER_PUBKEY": pair.publicKey.text])
    }

    @Test func `is neither in the log nor in a table nor in a refusal`() throws {
        var configuration = try Configuration(file: nil, environment: place.settings, flags: [])
        configuration.databaseURL = place.database
        let daemon = try Daemon.start(configuration, log: Log(level: .debug) { [log] in log.add($0) })
        let (secrets, refusals) = try use(TestHTTPClient(port: daemon.port))
        daemon.stop()

        var traces = log.text + refusals
        #expect(traces.contains("a user logged in") && traces.contains("a refresh token was used again"))
        for table in try place.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'") {
            traces += try place.rows("SELECT t::text FROM \(table) t").joined(separator: "\n")
        }
        #expect(traces.contains(kept.publicKey.text), "the wallet is there")
        for secret in secrets { #expect(!traces.contains(secret), "\(secret) is seen") }
    }

    /// Gives what must not be seen, and what the daemon said about wrong requests.
    private func use(_ http: TestHTTPClient) throws -> (secrets: [String], refusals: String) {
        var secrets = [kept.seed.bytes + kept.publicKey.bytes, kept.seed.bytes].flatMap {
            [Base58.encode($0), Base64.encode($0), Hexadecimal.encode($0)]
        }
        var refusals = ""
        func post(_ path: String, _ headers: KeyValuePairs<String, String>, _ body: String?) throws
            -> TestJSON
        {
            try TestJSON(http.post(path, headers, json: body).text)
        }
        func refuse(_ path: String, _ headers: KeyValuePairs<String, String>, _ body: String?) throws {
            let response = try http.post(path, headers, json: body)
            #expect(response.status >= 400, "\(path) should be refused")
            refusals += response.text
        }
        let asked = try post("/auth/init", Self.anon, #"{"pubkey":"\#(pair.publicKey)"}"#)
        let message = try #require(asked["msg"]?.string)
        let signature = Base58.encode(pair.sign(Array(message.utf8)))
        let login = (message + "." + signature).replacing("\n", with: "\\n")
        let session = try #require(post("/auth/confirm", Self.anon, #"{"token":"\#(login)"}"#)["session"])
        try refuse("/auth/confirm", Self.anon, #"{"token":"\#(login)"}"#)
        try refuse("/auth/confirm", Self.anon, #"{"token":"\#(login)x"}"#)
        let access = try #require(session["access_token"]?.string)
        let refresh = try #require(session["refresh_token"]?.string)
        let token = "Bearer \(access)"
        let made = try post("/apikey/create", ["Authorization": token], #"{"name":"traces"}"#)
        let key = try #require(made["full_key"]?.string)
        let claimed = try post("/auth/claim_token", ["x-api-key": key], nil)
        secrets += [
            signature, access, refresh, key, try #require(claimed["access_token"]?.string),
            try #require(claimed["refresh_token"]?.string),
        ]
        let fields = #""public_key":"\#(kept.publicKey)","keypair":"\#(secrets[0])""#
        let wallet = try http.post(
            "/wallets/upsert", ["Authorization": token], json: #"{"type":"HARDCODED",\#(fields)}"#)
        #expect(wallet.status == 201)
        refusals += wallet.text
        try refuse("/wallets/upsert", ["Authorization": token], #"{"type":"HARDCODED",\#(fields)}"#)
        try refuse("/wallets/upsert", ["Authorization": token], #"{"type":"ADAPTER",\#(fields)}"#)
        try refuse("/wallets/upsert", ["Authorization": token], #"{"keypair":"\#(secrets[0])1"}"#)
        try refuse("/wallets/upsert", ["Authorization": token], #"{"keypair":["\#(secrets[0])"]}"#)
        try refuse("/wallets/upsert", ["Authorization": token], #""\#(secrets[0])""#)
        try refuse("/apikey/create", ["Authorization": token + "x"], #"{"name":"traces"}"#)
        try refuse("/auth/claim_token", ["x-api-key": key.dropLast() + "-"], nil)

        let path = "/auth/v1/token?grant_type=refresh_token"
        for _ in 0..<2 {
            let renewed = try post(path, Self.anon, #"{"refresh_token":"\#(refresh)"}"#)
            secrets.append(try #require(renewed["refresh_token"]?.string))
            secrets.append(try #require(renewed["access_token"]?.string))
        }
        try place.rows("UPDATE user_sessions SET renewed_at = renewed_at - interval '1 minute'")
        try refuse(path, Self.anon, #"{"refresh_token":"\#(refresh)"}"#)
        try refuse(path, Self.anon, #"{"refresh_token":"\#(refresh)x"}"#)
        try refuse("/apikey/create", ["Authorization": token], #"{"name":"too late"}"#)
        return (secrets, refusals)
    }

    private static let anon: KeyValuePairs<String, String> = ["apikey": "local-anon-key"]
}

/// What a daemon has said.
private final class CollectedLog: Sendable {
    private let lines = Mutex("")

    var text: String { lines.withLock { $0 } }
    func add(_ line: [UInt8]) { lines.withLock { $0 += String(decoding: line, as: UTF8.self) } }
}
