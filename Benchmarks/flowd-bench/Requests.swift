// What the bench says to the daemon, and what it looks for in the answers. Pure functions.

internal import Wire

/// Requests and messages of the Space Operator protocol, in its numbered spelling.
enum Requests {
    static let healthCheck = Array("GET /healthcheck HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8)

    static let upgrade = Array(
        ("GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: Zmxvd2QtYmVuY2gtMDAwMQ==\r\n\r\n").utf8)

    static func start(flow: String, body: String, key: String) -> [UInt8] {
        Array(
            ("POST /flow/start/\(flow) HTTP/1.1\r\nHost: 127.0.0.1\r\nx-api-key: \(key)\r\n"
                + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)").utf8)
    }

    /// A request to the tables; `path` stands behind `/rest/v1/`.
    static func tables(_ method: String, _ path: String, body: String, key: String) -> [UInt8] {
        Array(
            ("\(method) /rest/v1/\(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nx-api-key: \(key)\r\n"
                + "Prefer: return=representation\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)").utf8)
    }

    static func authenticate(_ key: String) -> [UInt8] {
        Array(#"{"id":1,"method":"Authenticate","params":{"token":"\#(key)"}}"#.utf8)
    }

    static func subscribe(run: String) -> [UInt8] {
        Array(#"{"id":2,"method":"SubscribeFlowRunEvents","params":{"flow_run_id":"\#(run)"}}"#.utf8)
    }

    /// The run that an answer to a start names.
    static func run(in body: [UInt8]) throws(BenchError) -> String {
        do throws(JSONError) {
            if let run = try JSONValue.parse(body)["flow_run_id"]?.string { return run }
        } catch {
            throw .malformed("\(error)")
        }
        throw .refused(String(decoding: body.prefix(200), as: UTF8.self))
    }

    /// Throws unless the answer to a message is `Ok`.
    static func checkSuccess(_ message: ArraySlice<UInt8>) throws(BenchError) {
        do throws(JSONError) {
            if try JSONValue.parse(Array(message))["Ok"] != nil { return }
        } catch {
            throw .malformed("\(error)")
        }
        throw .refused(String(decoding: message.prefix(200), as: UTF8.self))
    }

    /// The part of an event's message that all subscribers share: what stands behind the number of the stream. Nil
    /// if the message is an answer.
    static func event(in message: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        // {"stream_id":7,"event":… against {"id":2,"Ok":…
        guard message.count > 2, message[message.startIndex + 2] == UInt8(ascii: "s"),
            let comma = message.firstIndex(of: UInt8(ascii: ","))
        else { return nil }
        return message[(comma + 1)...]
    }

    private static let finish = Array(#""event":"FlowFinish""#.utf8)

    static func isFinish(_ event: ArraySlice<UInt8>) -> Bool {
        event.count >= finish.count && event.starts(with: finish)
    }
}
