// What servers on one database tell each other through it: where to look, never the content. Pure.

internal import Engine
internal import Postgres
internal import Primitives

/// A notification as a value. The texts are made by statements, beside the change that they tell of.
enum ServerNotice: Hashable, Sendable {
    /// A request of a run was answered, or a stop of it written down, at a server that does not have the run.
    case runTouched(RunID)
    /// A server has written down a request for a signature.
    case signatureAsked(SignatureRequestID, by: ServerID)

    /// What is listened to. Channels are names for all of a database.
    enum Channel {
        /// Payload: the run.
        static let runWake = "run_wake"
        /// Payload: the server that asks, a colon, the request.
        static let signatureAsked = "signature_asked"
    }

    /// Nil unless it is exactly what one of our statements sends.
    init?(_ notification: PostgresNotification) {
        let payload = notification.payload
        switch notification.channel {
        case Channel.runWake:
            guard let run = RunID(payload), run.text == payload else { return nil }
            self = .runTouched(run)
        case Channel.signatureAsked:
            let parts = payload.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, let server = ServerID(parts[0]), server.text == parts[0],
                let id = Int64(parts[1]).flatMap({ SignatureRequestID($0) }), id.description == parts[1]
            else { return nil }
            self = .signatureAsked(id, by: server)
        default: return nil
        }
    }

    /// SQL that tells the server which has a run that there is something new about it, unless that is this server.
    static func wake(run: String, of server: String, unless this: String) -> String {
        "CASE WHEN \(server) <> \(this) THEN pg_notify('\(Channel.runWake)', \(run)::text) END"
    }

    /// The news that the engine of this server gets; nil for a notice that this server has sent itself.
    func news(at server: ServerID) -> RemoteNews? {
        switch self {
        case .runTouched(let run): .runTouched(run)
        case .signatureAsked(_, by: server): nil
        case .signatureAsked(let id, _): .signatureAsked(id)
        }
    }
}
