import TestKit
import TestTraits
import Testing

/// The flows table is read at every start, whatever is cached.
@Suite(.blocking) struct `A stored flow` {
    @Test func `is run as it is stored now, under either of its names, and only for its owner of now`() throws
    {
        let shared = try SharedDaemon.shared.get()
        let (client, place) = (shared.client, shared.place)
        try place.rows(
            "INSERT INTO flows (id, user_id, nodes, edges) SELECT 9100, user_id, nodes, edges FROM flows WHERE id = 1"
        )
        let uuid = try #require(place.rows("SELECT uuid FROM flows WHERE id = 9100").first)
        func output(_ name: String) throws -> String {
            let run = try TestJSON(
                client.post("/flow/start/\(name)", json: #"{"inputs":{"a":3,"b":4}}"#).text)
            return try client.output(run["flow_run_id"]?.string ?? "none")
        }
        #expect(try output("9100") == #"{"M":{"c":{"D":"7"}}}"#)
        #expect(try output(uuid.uppercased()) == #"{"M":{"c":{"D":"7"}}}"#)
        #expect(try output(uuid.filter { $0 != "-" }) == #"{"M":{"c":{"D":"7"}}}"#)

        try place.rows(
            #"UPDATE flows SET nodes = replace(nodes::text, '"S":"+"', '"S":"*"')::json WHERE id = 9100"#)
        for name in ["9100", uuid] { #expect(try output(name) == #"{"M":{"c":{"D":"12"}}}"#) }

        try place.rows(
            """
            WITH other AS (INSERT INTO users (id, pub_key) VALUES (gen_random_uuid(), repeat('2', 40)) RETURNING id)
            UPDATE flows SET user_id = (SELECT id FROM other) WHERE id = 9100
            """)
        for name in ["9100", uuid] { #expect(try client.post("/flow/start/\(name)").status == 404) }

        try place.rows("DELETE FROM flows WHERE id = 9100")
        for name in ["9100", uuid] { #expect(try client.post("/flow/start/\(name)").status == 404) }
    }
}
