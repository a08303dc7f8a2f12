import Foundation
import TestKit
import TestTraits
import Testing

/// Spec nodes 2.7: what nodes give addresses of can be read there, and by clients of hosted storage.
@Suite(.blocking) struct `Files over HTTP` {
    private static let document = DocumentText(
        nodes: [
            #"u: storage_upload bucket path content content_type > key {"bucket":"user-public-storages","path":"ü b.html","content":"<script>","content_type":"text/html","overwrite":true}"#,
            "p: storage_get_public_url key > url",
            #"s: storage_create_signed_url key expires_in > url {"expires_in":60,"download":"x\"y.txt"}"#,
            "o: flow_output public", "q: flow_output signed",
        ],
        edges: ["u.key -> p.key", "u.key -> s.key", "p.url -> o.public", "s.url -> q.signed"]
    ).json

    /// The part of an address that a request names.
    private func path(_ url: String?, at port: UInt16) throws -> String {
        let prefix = "http://127.0.0.1:\(port)"
        let url = try #require(url, "the flow gives two addresses")
        #expect(url.hasPrefix(prefix))
        return String(url.dropFirst(prefix.count))
    }

    @Test func `are read at the addresses that nodes give`() throws {
        let shared = try SharedDaemon.shared.get()
        let (client, place) = (shared.client, shared.place)
        try place.rows(
            """
            INSERT INTO flows (id, user_id, nodes, edges)
            SELECT 9200, user_id, d -> 'nodes', d -> 'edges'
            FROM flows, (SELECT '\(Self.document)'::json AS d) AS document WHERE id = 1
            """)
        let text = try client.output(client.start(9200))
        let output = try TestJSON(text)["M"]
        let open = try path(output?["public"]?["S"]?.string, at: client.port)
        let signed = try path(output?["signed"]?["S"]?.string, at: client.port)

        let stranger = try TestHTTPClient(port: client.port)
        let page = try stranger.get(open)
        #expect(page.status == 200 && page.text == "<script>" && page["Content-Type"] == "text/html")
        #expect(page["X-Content-Type-Options"] == "nosniff" && page["Content-Security-Policy"] == "sandbox")
        #expect(page["Content-Disposition"] == nil && page["Cache-Control"] == "public, no-cache")
        let tag = try #require(page["ETag"])
        #expect(try stranger.get(open, ["If-None-Match": tag]).status == 304)
        #expect(try stranger.get(open, ["If-None-Match": "\"other\""]).text == "<script>")
        #expect(try stranger.get(open + "x").status == 404)
        #expect(try stranger.get(open.replacing("/public/", with: "/sign/")).status == 400)

        let saved = try stranger.get(signed)
        #expect(saved.status == 200 && saved.text == "<script>")
        #expect(
            saved["Content-Disposition"] == #"attachment; filename="x_y.txt"; filename*=UTF-8''x%22y.txt"#)
        #expect(try stranger.get(signed.replacing("b.html", with: "c.html")).status == 400)

        try place.rows("DELETE FROM flows WHERE id = 9200")
    }

    @Test func `are written, signed, read and deleted by their owner`() throws {
        let client = try SharedDaemon.shared.get().client
        func ask(
            _ method: String, _ path: String, _ headers: [(String, String)] = [], _ body: String = ""
        ) throws -> TestHTTPResponse {
            let http = try TestHTTPClient(port: client.port)
            try http.send(
                method, "/storage/v1/object/" + path, [("x-api-key", client.key)] + headers,
                body: Array(body.utf8))
            return try http.receive(hasBody: method != "HEAD")
        }
        let file = "docs-9201/a/b.bin"
        #expect(try ask("POST", file, [("Content-Type", "image/png")], "one").text == #"{"Key":"\#(file)"}"#)
        #expect(try ask("POST", file, [], "two").status == 409)
        #expect(try ask("POST", file, [("x-upsert", "true")], "three").status == 200)
        #expect(
            try ask("POST", file, [("Content-Type", "multipart/form-data; boundary=a")], "x").status == 400)
        let read = try ask("GET", "authenticated/" + file)
        #expect(read.text == "three" && read["Content-Type"] == "application/octet-stream")
        #expect(try ask("HEAD", "authenticated/" + file)["Content-Length"] == "5")
        #expect(try ask("POST", "sign/" + file, [], #"{"expiresIn":0}"#).status == 400)
        #expect(try ask("POST", "sign/docs-9201/none", [], #"{"expiresIn":9}"#).status == 404)
        let address = try TestJSON(try ask("POST", "sign/" + file, [], #"{"expiresIn":9}"#).text)[
            "signedURL"]?
            .string
        let stranger = try TestHTTPClient(port: client.port)
        #expect(try stranger.get("/storage/v1" + #require(address) + "&download=").text == "three")
        #expect(try ask("GET", "authenticated/docs-9201/a/../a/b.bin").status == 400)
        #expect(try ask("DELETE", file).text == #"{"message":"Successfully deleted"}"#)
        #expect(try ask("GET", file).status == 404)
        #expect(try stranger.get("/storage/v1" + #require(address)).status == 404)
    }
}
