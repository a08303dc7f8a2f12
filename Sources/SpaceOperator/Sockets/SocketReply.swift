// The answers on a Space Operator socket, written in the asker's spelling.

internal import Identity
internal import Primitives
internal import Wire

/// Writes answers (spec http-and-websocket 3.2, 3.3).
enum SocketReply {
    static func failure(id: Int64, _ text: String) -> [UInt8] {
        JSONValue.object(JSONObject([("id", .integer(id)), ("Err", .string(text))])).encoded
    }

    static func authenticated(_ spelling: Spelling, id: Int64, _ caller: Caller) -> [UInt8] {
        var user = JSONValue.null
        var key = JSONValue.null
        var run = JSONValue.null
        switch caller {
        case .user(let id, let publicKey):
            user = .string(id.text)
            key = .string(publicKey.text)
        case .run(let id):
            run = .string(id.text)
        case .starter, .anonymous:
            break
        }
        return switch spelling {
        // Only those of the two that are known.
        case .documented:
            success(id, [("user_id", user), ("flow_run_id", run)].filter { $0.1 != .null })
        // All three keys, always: the clients' types insist.
        case .numbered:
            success(id, [("user_id", user), ("pubkey", key), ("flow_run_id", run)])
        }
    }

    /// Exactly one key in `Ok`: one of the clients closes the connection over a second one.
    static func subscribed(_ spelling: Spelling, id: Int64, number: UInt64) -> [UInt8] {
        success(id, [(spelling.handleName, .integer(number))])
    }

    static func unsubscribed(_ spelling: Spelling, id: Int64, number: UInt64) -> [UInt8] {
        success(id, [(spelling.handleName, .integer(number))])
    }

    private static func success(_ id: Int64, _ fields: [(String, JSONValue)]) -> [UInt8] {
        let entries = fields.map { (key: $0.0, value: $0.1) }
        return JSONValue.object(JSONObject([("id", .integer(id)), ("Ok", .object(JSONObject(entries)))]))
            .encoded
    }
}

extension Spelling {
    /// What requests and answers call a subscription's number.
    var handleName: String { self == .documented ? "subscription_id" : "stream_id" }
}
