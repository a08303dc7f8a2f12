import Foundation
import Identity
import TestKit
import TestTraits
import Testing

/// Keys and sessions that end while somebody holds them, on a daemon and on a second one beside it.
@Suite(.blocking) struct `Identities that have ended` {
    private let place: DaemonPlace

    init() throws { place = try DaemonPlace() }

    private func claim(_ client: DaemonClient) throws -> TestJSON {
        try TestJSON(try client.post("/auth/claim_token").text)
    }

    @Test func `open nothing more, on whichever daemon, nor on a socket that is open already`() throws {
        let first = try place.start()
        defer { first.stop() }
        var other = place
        other.settings["FLOWD_DATA"] = place.dataFolder + "-second"
        let second = try other.start()
        defer { second.stop() }
        let owner = DaemonClient(port: first.port, key: try place.ownerKey)
        let session = try claim(owner)
        let token = "Bearer \(try #require(session["access_token"]?.string))"
        let http = try TestHTTPClient(port: first.port)
        let made = try TestJSON(
            try http.post("/apikey/create", ["Authorization": token], json: #"{"name":"short"}"#).text)
        let key = try #require(made["full_key"]?.string)
        let elsewhere = DaemonClient(port: second.port, key: key)
        #expect(try elsewhere.get("/apikey/info").status == 200)

        let run = try elsewhere.start(1, inputs: #"{"a":1,"b":2}"#)
        _ = try elsewhere.output(run)
        let socket = try TestWebSocket(port: second.port, path: "/ws")
        func ask(_ id: Int, _ method: String, _ parameters: String) throws -> TestJSON {
            try socket.send(#"{"id":\#(id),"method":"\#(method)","params":\#(parameters)}"#)
            while true {
                let message = try TestJSON(try socket.receiveText())
                if message["id"] != nil { return message }
            }
        }
        /// Sees all of the run, so that nothing is watched any more.
        func watch(_ id: Int) throws {
            #expect(try ask(id, "SubscribeFlowRunEvents", #"{"flow_run_id":"\#(run)"}"#)["Ok"] != nil)
            while try TestJSON(socket.receiveText())["event"]?.string != "FlowFinish" {}
        }
        #expect(try ask(1, "Authenticate", #"{"token":"\#(key)"}"#)["Ok"] != nil)
        try watch(2)
        let hash = try #require(made["key_hash"]?.string)
        let deleted = try http.post(
            "/apikey/delete", ["Authorization": token], json: #"{"key_hash":"\#(hash)"}"#)
        #expect(deleted.text == "{}")
        #expect(try elsewhere.get("/apikey/info").status == 401)
        let refused = try ask(3, "SubscribeFlowRunEvents", #"{"flow_run_id":"\#(run)"}"#)
        #expect(refused["Err"]?.string == "unauthorized")

        // A session, on the same socket: first it opens what the key did, then it is revoked.
        let bare = try #require(session["access_token"]?.string)
        #expect(try ask(4, "Authenticate", #"{"token":"\#(bare)"}"#)["Ok"] != nil)
        try watch(5)
        #expect(try http.post("/auth/v1/logout", ["Authorization": token]).status == 204)
        #expect(
            try ask(6, "SubscribeFlowRunEvents", #"{"flow_run_id":"\#(run)"}"#)["Err"]?.string
                == "unauthorized")
        #expect(
            try http.post("/apikey/create", ["Authorization": token], json: #"{"name":"late"}"#).status == 401
        )
    }
}
