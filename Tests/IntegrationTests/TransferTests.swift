import Foundation
import Identity
import Primitives
import TestKit
import TestTraits
import Testing
import Transfer

/// A user moves: from the hosted product to one installation, from there to another.
@Suite(.blocking) struct `A user who moves` {
    private static let hosted = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Exports/hosted.json").path
    private static let user = "e006ca5d-3c7c-4839-8b23-9c6f624f36b9"
    private static let keys = [GoldenCast.ownerAPIKey.text, "b3-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"]
    private static let kept = known(Ed25519KeyPair(seed: Array(2...33)))
    private static let passphrase = "correct horse battery"
    private static let vaultText = "open-sesame-4711"

    @Test func `takes flows, keys, items and secrets along, and leaves no trace of the secrets`() throws {
        let first = try ProgramFolder()
        let program = try FlowdProgram(in: first)
        var traces = ""

        // Beside the daemon, which needs no word of it.
        let imported = try first.run("import", Self.hosted)
        #expect(imported.status == 0, "\(imported.complaint)")
        #expect(imported.output.contains("flows: 3 imported\n"))
        #expect(imported.output.contains("flow 3673 cannot run here as it is:\n"))
        traces += imported.output + imported.complaint
        for key in Self.keys {
            let known = try DaemonClient(port: program.port, key: key).get("/apikey/info")
            #expect(known.text == #"{"user_id":"\#(Self.user)"}"#)
        }
        let client = DaemonClient(port: program.port, key: Self.keys[0])
        try #expect(
            client.output(client.start(3672))
                == #"{"M":{"by_uuid":{"D":"42"},"by_number":{"D":"42"}}}"#)
        let item = try client.post("/kv/read_item", json: #"{"store":"settings","key":"greeting"}"#)
        #expect(item.text == #"{"value":{"S":"it's; ok\nthen"}}"#)
        let owner = Self.mainKey
        let set = try first.run("secret", "set", "p/l", "--user", owner, input: Self.vaultText)
        #expect(set.status == 0, "\(set.complaint)")

        // Out, without secrets and with them.
        let plain = try client.post("/data/export")
        #expect(plain.status == 200 && plain["cache-control"] == "no-store")
        #expect(try ExportFile(plain.body)[.secrets] == nil)
        let refused = try client.post("/data/export", json: #"{"passphrase":"\#(Self.passphrase)"}"#)
        #expect(refused.status == 403)
        #expect(refused.text == #"{"error":"passphrase: secrets are exported for a signed token only"}"#)
        let http = try TestHTTPClient(port: program.port)
        let claimed = try http.post("/auth/claim_token", ["x-api-key": Self.keys[0]], json: nil)
        let token = try #require(TestJSON(claimed.text)["access_token"]?.string)
        func ask(_ body: String) throws -> TestHTTPResponse {
            try http.post("/data/export", ["Authorization": "Bearer \(token)"], json: body)
        }
        let sealed = try ask(#"{"passphrase":"\#(Self.passphrase)"}"#)
        #expect(sealed.status == 200)
        #expect(try ExportFile(sealed.body)[.secrets]?.rows.count == 1)
        for (body, words) in [
            (#"{"passphrase":"eleven chrs"}"#, "passphrase: a passphrase has at least 12 characters"),
            (#"{"passphrase":["open sesame now"]}"#, "passphrase: expected a string"),
            ("{", "Json deserialize error: EOF while parsing an object at line 1 column 1"),
        ] {
            let answer = try ask(body)
            #expect(answer.status == 400 && answer.text == #"{"error":"\#(words)"}"#)
        }
        #expect(try ask(#"{"passphrase":null}"#).status == 200)
        #expect(try TestHTTPClient(port: program.port).post("/data/export", [:], json: nil).status == 401)
        #expect(try http.post("/data/import", ["x-api-key": Self.keys[0]], json: "{}").status == 401)
        let notOwner = try http.post("/data/import", ["Authorization": token], json: "{}")
        #expect(notOwner.status == 403)
        #expect(notOwner.text == #"{"error":"only the owner of this server may import"}"#)
        traces += plain.text + refused.text + sealed.text

        // Into another installation, in which nothing runs.
        let second = try ProgramFolder()
        let early = try second.run("import", Self.hosted)
        #expect(early.status == 1 && early.complaint.contains("there is no owner yet; start the daemon once"))
        #expect(try FlowdProgram(in: second).stop() == 0)
        let file = second.path + "/export.json"
        try Data(sealed.body).write(to: URL(filePath: file))
        let wrong = try second.run("import", file, input: "not the passphrase\n")
        #expect(wrong.status == 1)
        #expect(wrong.complaint.contains("nothing was imported: secrets: the passphrase is another one"))
        let moved = try second.run("import", file, input: Self.passphrase + "\n")
        #expect(moved.status == 0, "\(moved.complaint)")
        #expect(moved.output.contains("secrets: 1 imported"))
        traces += wrong.output + wrong.complaint + moved.output + moved.complaint
        #expect(try second.run("secret", "list", "--user", owner).output == "p/l\n")

        // And out of it as a file.
        let out = second.path + "/again.json"
        let exported = try second.run("export", out, "--user", owner, input: Self.passphrase + "\n")
        #expect(exported.status == 0, "\(exported.complaint)")
        let attributes = try FileManager.default.attributesOfItem(atPath: out)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let written = try ExportFile(Array(Data(contentsOf: URL(filePath: out))))
        let secrets = try ExportedSecrets(of: written, under: Passphrase(Self.passphrase))
        #expect(secrets.vault.map(\.secret) == [Self.vaultText])
        #expect(secrets.keyPairs.map(\.publicKey) == [Self.kept.publicKey])
        let over = try second.run("export", out, "--user", owner)
        #expect(over.status == 1 && over.complaint.contains("it is there already"))
        #expect(try Data(contentsOf: URL(filePath: out)) == Data(written.encoded))
        let short = try second.run("export", second.path + "/short.json", "--user", owner, input: "short\n")
        #expect(short.status == 1 && short.complaint.contains("a passphrase has at least 12 characters"))
        #expect(!FileManager.default.fileExists(atPath: second.path + "/short.json"))
        traces +=
            exported.output + exported.complaint + over.complaint
            + String(decoding: written.encoded, as: UTF8.self)

        #expect(program.stop() == 0)
        traces += program.logText
        #expect(program.logText.contains("exported a user"))
        let seed = Self.kept.seed.bytes
        for secret in [
            Self.passphrase, Self.vaultText, Base64.encode(Array(Self.vaultText.utf8)),
            Base58.encode(seed + Self.kept.publicKey.bytes), Base58.encode(seed), Base64.encode(seed),
            Hexadecimal.encode(seed),
        ] { #expect(!traces.contains(secret), "\(secret) is seen") }
    }

    @Test func `is let in over HTTP by the owner, and by whoever has the service key`() throws {
        let folder = try ProgramFolder()
        let program = try FlowdProgram(in: folder)
        let http = try TestHTTPClient(port: program.port)
        func take(_ authorization: String?, _ body: String, _ passphrase: String? = nil) throws
            -> TestHTTPResponse
        {
            try http.post(
                "/data/import", ["Authorization": authorization ?? "", "X-Passphrase": passphrase ?? ""],
                json: body)
        }
        let file = try String(contentsOfFile: Self.hosted, encoding: .utf8)
        // More than any other route takes: a table that nobody knows.
        let padding = String(repeating: "x", count: 3 * 1_024 * 1_024)
        let large = #"{"padding":"\#(padding)","# + file.drop { $0 != "{" }.dropFirst()
        for wrong in [nil, "Bearer " + FlowdProgram.serviceKey + "x", "Bearer a.b.c", Self.keys[0]] {
            #expect(try take(wrong, "{}").status == 401)
        }
        let taken = try take("Bearer " + FlowdProgram.serviceKey, large)
        #expect(taken.status == 200)
        let report = try TestJSON(taken.text)
        #expect(report["success"] == .bool(true) && taken.text.contains(#""flows: 3 imported""#))
        #expect(try DaemonClient(port: program.port, key: Self.keys[0]).get("/apikey/info").status == 200)

        let keyFile = try String(contentsOfFile: folder.dataFolder + "/owner-api-key", encoding: .utf8)
        let ownerKey = keyFile.trimmingCharacters(in: .whitespacesAndNewlines)
        let claimed = try http.post("/auth/claim_token", ["x-api-key": ownerKey], json: nil)
        let token = try #require(TestJSON(claimed.text)["access_token"]?.string)
        #expect(try take(ownerKey, file).status == 401)
        let again = try take(token, file)
        #expect(again.status == 200 && again.text.contains(#""flows: 3 skipped (there already)""#))
        for (body, words) in [
            ("{}", "nothing was imported: user_id is missing; is this file an export?"),
            ("[1", "nothing was imported: the file is not JSON: something is wrong at line 1 column 2"),
        ] {
            let refused = try take(token, body)
            #expect(refused.status == 400 && refused.text == #"{"error":"\#(words)"}"#, "\(refused.text)")
        }
        let short = try take(token, file, "eleven chrs")
        #expect(short.text == #"{"error":"x-passphrase: a passphrase has at least 12 characters"}"#)
        // Nobody else gets in what only this route takes.
        #expect(try http.post("/flow/start/1", ["x-api-key": ownerKey], json: large).status == 413)
        #expect(program.stop() == 0)
        #expect(!program.logText.contains(FlowdProgram.serviceKey))
    }

    @Test func `is not let in half`() throws {
        let folder = try ProgramFolder()
        #expect(try FlowdProgram(in: folder).stop() == 0)
        let file = folder.path + "/bad.json"
        let text = try String(contentsOfFile: Self.hosted, encoding: .utf8)
        let pair = Base58.encode(Self.kept.seed.bytes + Self.kept.publicKey.bytes)
        try text.replacing(pair, with: String(pair.reversed())).write(
            toFile: file, atomically: false, encoding: .utf8)
        let bad = try folder.run("import", file)
        #expect(bad.status == 1 && bad.output.isEmpty)
        #expect(bad.complaint.contains("nothing was imported: wallets, line 3, column keypair: expected "))
        #expect(!bad.complaint.contains(pair.reversed().suffix(20)))
        let missing = try folder.run("import", folder.path + "/none.json")
        #expect(missing.status == 1 && missing.complaint.contains("cannot be read"))
    }

    private static let mainKey = known(Ed25519KeyPair(seed: Array(1...32))).publicKey.text
}
