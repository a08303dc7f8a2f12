import Daemon
import Foundation
import Identity
import Primitives
import TestKit
import TestTraits
import Testing

/// Deployments as the documentation has them, on two servers with one database.
@Suite(.blocking) struct `Deployments of two servers` {
    private struct Servers {
        let place: DaemonPlace
        let daemons: [Daemon]
        let ownerKey: String
        let otherKey = APIKey()
        let other = UserID(.random())
        /// Of nobody who is known here.
        let claimed = PublicKey(bytes: [UInt8](repeating: 9, count: 32))

        init() throws {
            place = try DaemonPlace(flows: [GoldenCast.flowsFolder])
            var second = place
            second.settings["FLOWD_DATA"] = place.dataFolder + "-second"
            daemons = [try place.start(), try second.start()]
            ownerKey = try place.ownerKey
            let publicKey = known(PublicKey(bytes: [UInt8](repeating: 8, count: 32)))
            try place.rows(
                """
                INSERT INTO users (id, pub_key) VALUES ('\(other)', '\(publicKey)');
                INSERT INTO apikeys (key_hash, user_id, name, trimmed_key)
                VALUES ('\(otherKey.hash)', '\(other)', 'other', '*')
                """)
        }

        var callers: [String: KeyValuePairs<String, String>] {
            [
                "owner": ["x-api-key": ownerKey], "other": ["x-api-key": otherKey.text],
                "claimant": ["Authorization": "Bearer \(known(claimed))"], "nobody": [:],
            ]
        }

        func post(
            _ path: String, as caller: String = "owner", on server: Int = 0, json: String? = nil
        ) throws -> TestHTTPResponse {
            try TestHTTPClient(port: daemons[server].port)
                .post(path, callers[caller] ?? [:], json: json)
        }

        func deploy(_ flow: String) throws -> String {
            try #require(TestJSON(post("/flow/deploy/\(flow)").text)["deployment_id"]?.string)
        }

        /// The output of a run, with the token that its start gave.
        func output(_ started: TestHTTPResponse, on server: Int) throws -> String {
            let answer = try TestJSON(started.text)
            let run = try #require(answer["flow_run_id"]?.string, "\(started.text)")
            let token = try #require(answer["token"]?.string)
            return try TestHTTPClient(port: daemons[server].port)
                .get("/flow/output/\(run)", ["Authorization": token]).text
        }

        func stop() { for daemon in daemons { daemon.stop() } }
    }

    @Test func `have the rows of the documentation`() throws {
        let servers = try Servers()
        defer { servers.stop() }
        let place = servers.place
        let owner = try place.rows("SELECT id FROM users WHERE role = 'admin'")[0]
        let id = try servers.deploy("3675")
        #expect(
            try place.rows("SELECT row_to_json(d)::jsonb - 'created_at' FROM flow_deployments d") == [
                """
                {"id": "\(id)", "fees": [], "user_id": "\(owner)", "entrypoint": 3675, "solana_network": \
                {"url": "https://api.devnet.solana.com", "cluster": "devnet"}, "action_identity": null, \
                "start_permission": "Owner", "output_instructions": false}
                """
            ])
        #expect(
            try place.rows("SELECT row_to_json(t)::jsonb FROM flow_deployments_tags t") == [
                """
                {"tag": "latest", "user_id": "\(owner)", "entrypoint": 3675, "description": null, \
                "deployment_id": "\(id)"}
                """
            ])
        #expect(
            try place.rows(
                """
                SELECT string_agg(column_name || ' ' || data_type, ', ' ORDER BY ordinal_position)
                FROM information_schema.columns WHERE table_name = 'flow_deployments'
                """) == [
                    "id uuid, created_at timestamp without time zone, user_id uuid, entrypoint integer, "
                        + "start_permission jsonb, output_instructions boolean, action_identity text, fees jsonb, "
                        + "solana_network jsonb"
                ])
        let run = try TestJSON(servers.post("/deployment/start?flow=3675").text)["flow_run_id"]?.string
        _ = try servers.post("/flow/start/3675")
        #expect(try place.rows("SELECT id FROM flow_run WHERE deployment_id = '\(id)'") == [run])
        #expect(try place.rows("SELECT count(*) FROM flow_run WHERE deployment_id IS NULL") == ["1"])
    }

    @Test func `admit whom their rows admit at the very next start, wherever that is`() throws {
        let servers = try Servers()
        defer { servers.stop() }
        let id = try servers.deploy("41")
        try servers.place.rows(
            """
            INSERT INTO flow_deployments_tags (user_id, entrypoint, tag, deployment_id)
            SELECT user_id, entrypoint, 'stable', id FROM flow_deployments
            """)
        let ways = ["id=\(id)", "flow=41", "flow=288f25a9-f71f-4359-a426-362575ac5bc1&tag=stable"]
        let admitted = [
            "Owner": ["owner"], "Authenticated": ["owner", "other"],
            "Anonymous": ["owner", "other", "claimant"],
        ]
        for permission in ["Anonymous", "Owner", "Authenticated", "Owner", "Anonymous"] {
            try servers.place.rows("UPDATE flow_deployments SET start_permission = '\"\(permission)\"'")
            for server in [0, 1] {
                for (way, caller) in ways.flatMap({ way in servers.callers.keys.map { (way, $0) } }) {
                    let answer = try servers.post(
                        "/deployment/start?\(way)", as: caller, on: server, json: #"{"inputs":{"n":2}}"#)
                    let place = "\(permission) \(caller) \(way) \(server)"
                    if caller == "nobody" {
                        #expect(answer.status == 401, "\(place)")
                    } else if admitted[permission]?.contains(caller) == true {
                        #expect(answer.status == 200, "\(place)")
                        #expect(try servers.output(answer, on: server) == #"{"M":{"result":{"D":"4"}}}"#)
                    } else {
                        #expect(answer.status == 404, "\(place)")
                        #expect(answer.text == #"{"error":"not found"}"#, "\(place)")
                    }
                }
            }
        }
        #expect(
            try servers.place.rows(
                "SELECT DISTINCT started_by, started_key, origin->'StartShared'->>'started_by' FROM flow_run ORDER BY 1, 2"
            ).sorted()
                == [
                    try servers.place.rows("SELECT id FROM users WHERE role = 'admin'")[0] + "||",
                    "\(servers.other)||\(servers.other)", "|\(known(servers.claimed))|",
                ].sorted())
        #expect(
            try servers.place.rows("SELECT DISTINCT user_id FROM flow_run_shared") == [servers.other.text])
        #expect(try servers.place.rows("SELECT count(*) FROM users") == ["2"])
    }

    @Test func `change with their columns at the very next start, and not with their flows`() throws {
        let servers = try Servers()
        defer { servers.stop() }
        let id = try servers.deploy("61")
        let key = "2cruTfCER3HaFwXnR99uM3jM1nPAPR5eWmVF2PiM7viR"
        for server in [0, 1] {
            let plain = try servers.post(
                "/deployment/start?id=\(id)", on: server, json: #"{"inputs":{"n":2}}"#)
            #expect(try servers.output(plain, on: server).contains(#"{"D":"4"}"#))
        }
        // Edited first, then gone, and the other way round is no matter either.
        try servers.place.rows("UPDATE flows SET nodes = '[]', edges = '[]' WHERE id IN (41, 61)")
        try servers.place.rows(
            """
            INSERT INTO wallets (user_id, type, public_key, sealed_keypair)
            SELECT user_id, 'HARDCODED', '\(key)', 'x' FROM flow_deployments;
            UPDATE flow_deployments SET output_instructions = true, fees = '[["\(key)", 10000]]',
                action_identity = '\(key)', solana_network = '{"url":"https://x.example","cluster":"testnet"}'
            """)
        for server in [1, 0] {
            let answer = try servers.post(
                "/deployment/start?id=\(id)", on: server,
                json: #"{"inputs":{"n":3},"action_signer":"\#(key)"}"#)
            #expect(try servers.output(answer, on: server).contains(#"{"D":"6"}"#))
            let run = try #require(TestJSON(answer.text)["flow_run_id"]?.string)
            let columns =
                "collect_instructions, network->>'cluster', deployment_id, terms->'fees', terms->'action'"
            #expect(
                try servers.place.rows("SELECT \(columns) FROM flow_run WHERE id = '\(run)'") == [
                    #"t|testnet|\#(id)|[["\#(key)",10000]]|{"identity":"\#(key)","signer":"\#(key)"}"#
                ])
            // The run within has the network, is not one of the deployment's own, and has neither fees nor action.
            #expect(
                try servers.place.rows(
                    """
                    SELECT network->>'cluster', deployment_id, terms::text FROM flow_run
                    WHERE parent_run_id = '\(run)'
                    """) == [#"testnet||{"deployment":"\#(id)"}"#])
            try servers.place.rows("DELETE FROM flows WHERE id IN (41, 61)")
        }
        for server in [0, 1] {
            #expect(try servers.post("/deployment/start?flow=61", on: server).status == 200)
        }
        try servers.place.rows("DELETE FROM flow_deployments")
        for server in [0, 1] {
            #expect(try servers.post("/deployment/start?id=\(id)", on: server).status == 404)
        }
    }
}
