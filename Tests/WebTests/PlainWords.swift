// The words of dialects that tests make.

import Dialect
import Wire

/// Refuses with the words of the status, and with more of them where a test tells refusals of one status apart.
struct PlainWords: DialectWords {
    func answer(_ refusal: Refusal, to request: HTTPRequest?) -> HTTPResponse {
        switch refusal {
        case .foreignOrigin: .error(refusal.status, "Origin")
        case .unknownName: .error(refusal.status, "Host")
        case .handshakeWithContent: .error(refusal.status, "no content")
        case .unreadable(.bodyTooLarge): .error(refusal.status, "request body too large")
        default: .error(refusal.status, refusal.status.reason.lowercased())
        }
    }

    func farewell(_ end: SocketEnd) -> SocketFarewell {
        switch end {
        case .identityEnded: SocketFarewell(end.code, "a key or session of this connection has ended")
        case .stranger: SocketFarewell(end.code, "nobody has authenticated in time")
        case .stopping: SocketFarewell(end.code, "server is shutting down")
        default: SocketFarewell(end.code, "")
        }
    }
}

extension HTTPResponse {
    static func error(_ status: HTTPStatus, _ message: String) -> HTTPResponse {
        .json(status, JSONWriter.encode(["error": .string(message)]))
    }
}
