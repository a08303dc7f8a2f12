import Foundation
import Identity
import Primitives
import Synchronization
import TestKit
import TestTraits
import Testing

/// Secrets go through runs in every way that there is, and then everything that is left is searched for them.
@Suite(.blocking) struct `Secrets leave no trace` {
    private static let vaultText = "open-sesame-b7c1"
    private let folder: ProgramFolder
    /// A key pair, in the 64 bytes that wallets are written in.
    private let pair: [UInt8]

    init() throws {
        folder = try ProgramFolder()
        let key = Ed25519KeyPair()
        pair = key.seed.bytes + key.publicKey.bytes
    }

    @Test func `in events, rows, outputs, answers or the log`() throws {
        let received = ReceivedHeaders()
        let server = try LocalServer { peer in
            received.add(try peer.readRequest())
            try peer.send("HTTP/1.1 500 Not Now\r\nContent-Length: 4\r\nContent-Type: text/plain\r\n\r\nnope")
        }
        let program = try FlowdProgram(in: folder)
        #expect(try folder.run("secret", "set", "p/l", input: Self.vaultText).status == 0)
        let client = try folder.client(of: program)

        var traces = ""
        let child = try importFlow(Self.child)
        for (document, inputs) in [
            (Self.passing(child), "{}"), (Self.misusing, "{}"), (Self.asking(server.port), "{}"),
            (Self.wallets, #"{"pair":{"B6":"\#(Base58.encode(pair))"}}"#),
            (Self.wallets, #"{"pair":{"S":"\#(Base58.encode(pair))"}}"#),
            (Self.wallets, #"{"pair":[\#(pair.map(String.init).joined(separator: ","))]}"#),
        ] {
            let run = try client.start(importFlow(document), inputs: inputs)
            for spelling in WatchSpelling.allCases {
                let watcher = try client.watcher(spelling)
                traces += try watcher.watch(run).map(\.text).joined(separator: "\n")
            }
            traces += try client.output(run)
        }
        traces += try posted(client)
        #expect(received.text.contains("authorization: \(Self.vaultText)"), "the secret was used")
        #expect(traces.contains("<vault:p/l>"), "its place is seen")
        for table in try rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'") {
            traces += try rows("SELECT t::text FROM \(table) t").joined(separator: "\n")
        }
        #expect(program.stop() == 0)
        traces += program.logText
        for form in forms { #expect(!traces.contains(form), "\(form) is seen") }
    }

    /// A key pair that is posted to a run that waits.
    private func posted(_ client: DaemonClient) throws -> String {
        let run = try client.start(importFlow(Self.waiting))
        let watcher = try client.watcher(.numbered)
        let number = try watcher.subscribe(to: run)
        let question = try watcher.receive(of: number) { $0.kind == "ApiInput" }.last
        let path = "/flow/submit/\(question?.fields["url"]?.string?.suffix(64) ?? "")"
        let answer = try client.post(path, json: #"{"value":{"B6":"\#(Base58.encode(pair))"}}"#)
        return try answer.text + watcher.receiveToEnd(of: number).map(\.text).joined() + client.output(run)
    }

    /// Everything that would give one of the secrets away.
    private var forms: [String] {
        let seed = Array(pair.prefix(32))
        return [
            Self.vaultText, Base64.encode(Array(Self.vaultText.utf8)),
            Hexadecimal.encode(Array(Self.vaultText.utf8)), Base58.encode(pair), Base64.encode(pair),
            Base58.encode(seed), Base64.encode(seed), Hexadecimal.encode(seed),
            seed.map(String.init).joined(separator: ","), seed.map(String.init).joined(separator: ", "),
        ]
    }

    private func rows(_ sql: String) throws -> [String] {
        try ScratchCluster.shared.get().psql(sql, on: folder.database).split(separator: "\n").map(String.init)
    }

    private func importFlow(_ document: String) throws -> Int {
        let file = folder.path + "/flow.json"
        try document.write(toFile: file, atomically: false, encoding: .utf8)
        let imported = try folder.run("flow", "import", file)
        return try #require(
            Int(imported.output.trimmingCharacters(in: .whitespacesAndNewlines)), "\(imported.complaint)")
    }

    // MARK: Flows

    private static let secret = #"{"vault_ref":"p/l"}"#

    private static let child = DocumentText(
        nodes: ["in: flow_input > given", "out: flow_output given"], edges: ["in.given -> out.given"]
    ).json

    /// Hands the secret on: through a loop, a branch, an array and another flow.
    private static func passing(_ child: Int) -> String {
        DocumentText(
            nodes: [
                "w: wait value* wait_for* {\"value\":\(secret),\"wait_for\":{\"N\":0}}",
                "v: to_vec first second > result", "l: foreach array > element",
                "b: branch value operator > output rejected {\"operator\":{\"S\":\"is_not_null\"}}",
                "x: interflow given > given {\"flow_id\":\(child)}",
                "c: collect element > array", "o: flow_output all",
            ],
            edges: [
                "w.value* -> v.first", "w.value* -> v.second", "v.result -> l.array", "l.element -> b.value",
                "b.output -> x.given", "x.given -> c.element", "c.array -> o.all",
            ]
        ).json
    }

    /// Nodes that must not use it, each in its own way.
    private static let misusing = DocumentText(
        nodes: [
            "s: to_string stringify > result {\"stringify\":\(secret)}",
            "b: to_bytes input > bytes {\"input\":\(secret)}",
            "t: string_template template values > result {\"template\":\(secret)}",
            "h: hash data > hash {\"data\":\(secret)}",
            "j: json_extract json_input field_path > value {\"json_input\":\(secret),\"field_path\":{\"S\":\"a\"}}",
            "k: kv_write_item store key value {\"store\":{\"S\":\"s\"},\"key\":{\"S\":\"k\"},\"value\":\(secret)}",
            "r: regex_match string pattern > matches {\"string\":\(secret),\"pattern\":{\"S\":\"o.*\"}}",
            "g: branch value operator compare_to > output {\"value\":\(secret),\"operator\":{\"S\":\"gt\"},\"compare_to\":{\"U\":\"1\"}}",
        ], edges: []
    ).json

    /// Uses it for a request that fails.
    private static func asking(_ port: UInt16) -> String {
        DocumentText(
            nodes: [
                "w: wait value* wait_for* {\"value\":\(secret),\"wait_for\":{\"N\":0}}",
                "m: json_insert json_input path value > updated_json {\"json_input\":{\"M\":{}},\"path\":{\"S\":\"/Authorization\"}}",
                "h: http_request url headers > body {\"url\":{\"S\":\"http://127.0.0.1:\(port)/\"}}",
                "a: http_request url body > body {\"url\":\(secret)}",
            ],
            edges: ["w.value* -> m.value", "m.updated_json -> h.headers"]
        ).json
    }

    private static let wallets = DocumentText(
        nodes: [
            "i: flow_input > pair", "w: wallet wallet > pubkey keypair", "s: to_string stringify > result",
            "o: flow_output wallet", "p: flow_output given",
        ],
        edges: [
            "i.pair -> w.wallet", "w.keypair -> o.wallet", "w.keypair -> s.stringify", "w.pubkey -> p.given",
        ]
    ).json

    private static let waiting = DocumentText(
        nodes: ["a: api_input > value", "o: flow_output got"], edges: ["a.value -> o.got"]
    ).json
}

/// What a server was asked.
private final class ReceivedHeaders: Sendable {
    private let all = Mutex("")

    var text: String { all.withLock { $0 } }
    func add(_ text: String) { all.withLock { $0 += text.lowercased() } }
}
