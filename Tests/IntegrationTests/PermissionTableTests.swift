import Daemon
import Foundation
import Identity
import Primitives
import TestKit
import TestTraits
import Testing

/// The lines of Permissions.table.
private struct PermissionTable {
    struct Row {
        let method: String
        let path: String
        var body: String?
        /// By caller, in the order of `callers`.
        let answers: [Substring]
    }

    static let callers = [
        "nobody", "claimed", "run", "other", "gone", "forged", "stranger key", "stranger token", "shared key",
        "owner key", "owner token",
    ]

    var rows: [Row] = []

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Permissions.table")
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            let words = line.split(separator: " ")
            if line.hasPrefix("  {") {
                rows[rows.count - 1].body = line.trimmingCharacters(in: .whitespaces)
            } else if let first = words.first, first.allSatisfy({ "A"..."Z" ~= $0 }) {
                try #require(words.count == 2 + PermissionTable.callers.count, "\(line)")
                rows.append(Row(method: String(first), path: String(words[1]), answers: Array(words[2...])))
            }
        }
    }
}

/// A daemon with everything that the table names.
private struct PermissionPlace {
    let daemon: Daemon
    /// What stands for each name in a path.
    var names: [String: String]
    /// Headers by caller.
    let credentials: [String: [(String, String)]]

    init() throws {
        var place = try DaemonPlace(flows: [DaemonPlace.exampleFlows])
        let secretFile = place.cluster.folder + "/permission-secret"
        try Data(GoldenCast.tokenSecret.bytes).write(to: URL(filePath: secretFile))
        place.settings["FLOWD_JWT_SECRET_FILE"] = secretFile
        daemon = try place.start()
        let owner = DaemonClient(port: daemon.port, key: try place.ownerKey)
        let ownerRow = try place.rows("SELECT id || ' ' || pub_key FROM users")[0].split(separator: " ")
        let keys = ["stranger", "shared", "gone"].map { ($0, APIKey()) }
        var users: [String: (UserID, PublicKey)] = [
            "owner": (known(UserID(String(ownerRow[0]))), known(PublicKey(ownerRow[1])))
        ]
        for (index, (name, key)) in keys.enumerated() {
            let user = UserID(.random())
            let publicKey = known(PublicKey(bytes: [UInt8](repeating: UInt8(index + 40), count: 32)))
            users[name] = (user, publicKey)
            try place.rows(
                """
                INSERT INTO users (id, pub_key) VALUES ('\(user)', '\(publicKey)');
                INSERT INTO apikeys (key_hash, user_id, name, trimmed_key)
                VALUES ('\(key.hash)', '\(user)', '\(name)', '*')
                """)
        }
        try place.rows(
            """
            DELETE FROM apikeys WHERE name = 'gone';
            UPDATE flows SET read_enabled = false WHERE id IN (1, 2);
            UPDATE flows SET is_public = true, start_shared = true WHERE id IN (2, 3);
            UPDATE flows SET start_unverified = true, read_enabled = true WHERE id = 3;
            INSERT INTO flows (id, uuid, user_id, nodes, edges, read_enabled)
            SELECT 50, gen_random_uuid(), user_id, nodes, edges, true FROM flows WHERE id = 1
            """)
        let shared = DaemonClient(port: daemon.port, key: keys[1].1.text)
        let started = try shared.post("/flow/start_shared/2").text
        let run = try #require(TestJSON(started)["flow_run_id"]?.string, "\(started)")
        let other = try owner.start(1)
        for id in [run, other] { _ = try owner.output(id) }
        func deploy(_ flow: Int, _ permission: String) throws -> String {
            let answer = try owner.post("/flow/deploy/\(flow)").text
            let id = try #require(TestJSON(answer)["deployment_id"]?.string, "\(answer)")
            try place.rows(
                "UPDATE flow_deployments SET start_permission = '\"\(permission)\"' WHERE id = '\(id)'")
            return id
        }
        names = [
            "private": "1", "shared": "2", "open": "3", "readable": "50", "run": run,
            "nowhere": String(repeating: "0", count: 64), "own": try deploy(1, "Owner"),
            "bucket": "docs", "file": "a.txt", "shelf": "user-public-storages",
            "published": "\(ownerRow[0])/a.txt", "users": try deploy(1, "Authenticated"),
            "all": try deploy(3, "Anonymous"),
        ]
        func secret(_ name: String) throws -> ServerSecret {
            let text = try place.rows(
                "SELECT encode(secret, 'hex') FROM server_secrets WHERE name = '\(name)'")[0]
            return known(Hexadecimal.decode(text).flatMap { ServerSecret(bytes: $0) })
        }
        let server = try secret("run-token")
        names["signed"] = FileToken.make(
            for: "docs/a.txt", of: known(users["owner"]).0, until: Int64.max,
            secret: try secret("file-address"))
        func token(_ name: String) -> String {
            let (user, key) = known(users[name])
            return GoldenCast.signedToken(user, key)
        }
        let forged = String(token("owner").dropLast(8)) + "AAAAAAAA"
        credentials = [
            "nobody": [], "claimed": [("Authorization", GoldenCast.starterKey.text)],
            "run": [("Authorization", RunToken.make(for: known(RunID(run)), secret: server))],
            "other": [("Authorization", RunToken.make(for: known(RunID(other)), secret: server))],
            "gone": [("x-api-key", keys[2].1.text)], "forged": [("Authorization", "Bearer " + forged)],
            "stranger key": [("x-api-key", keys[0].1.text)],
            "stranger token": [("Authorization", "Bearer " + token("stranger"))],
            "shared key": [("x-api-key", keys[1].1.text)], "owner key": [("x-api-key", owner.key)],
            "owner token": [("Authorization", "Bearer " + token("owner"))],
        ]
    }

    /// The status and, for a list, how many elements it has.
    func answer(_ row: PermissionTable.Row, to caller: String) throws -> String {
        var path = row.path
        for (name, value) in names { path = path.replacing("<\(name)>", with: value) }
        var headers = credentials[caller] ?? []
        if path.hasPrefix("/rest/") { headers.append(("Prefer", "return=representation")) }
        if row.body != nil { headers.append(("Content-Type", "application/json")) }
        let client = try TestHTTPClient(port: daemon.port)
        try client.send(row.method, path, headers, body: row.body.map { Array($0.utf8) } ?? [])
        let response = try client.receive()
        guard path.hasPrefix("/rest/"), response.status < 300,
            let list = try JSONSerialization.jsonObject(with: Data(response.body)) as? [Any]
        else { return "\(response.status)" }
        return "\(response.status):\(list.count)"
    }
}

@Suite(.blocking) struct `The table of permissions` {
    @Test func `holds for every route and every caller`() throws {
        let table = try PermissionTable()
        let place = try PermissionPlace()
        defer { place.daemon.stop() }
        for row in table.rows {
            for (caller, wanted) in zip(PermissionTable.callers, row.answers) {
                let answer = try place.answer(row, to: caller)
                #expect(answer == wanted, "\(row.method) \(row.path) for \(caller)")
            }
        }
    }

    @Test func `has every route that the server describes`() throws {
        let table = try PermissionTable()
        let place = try PermissionPlace()
        defer { place.daemon.stop() }
        let document = try JSONSerialization.jsonObject(
            with: Data(TestHTTPClient(port: place.daemon.port).get("/openapi.json").body))
        let paths = try #require((document as? [String: Any])?["paths"] as? [String: [String: Any]])
        let described = Set(
            paths.flatMap { path, methods in methods.keys.map { "\($0.uppercased()) \(shape(path))" } })
        let tested = Set(table.rows.map { "\($0.method) \(shape($0.path))" })
        #expect(described.subtracting(tested) == [])
        #expect(tested.subtracting(described) == [])
    }

    /// A path with its parameters, and all tables, made equal.
    private func shape(_ path: String) -> String {
        let parts = path.split(separator: "?")[0].split(separator: "/").map { part in
            part.hasPrefix("{") || part.hasPrefix("<") ? "*" : String(part)
        }
        return (parts.starts(with: ["rest", "v1"]) ? ["rest", "v1", "*"] : parts).joined(separator: "/")
    }
}
