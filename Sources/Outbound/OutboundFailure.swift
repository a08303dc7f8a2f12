// Why a request to another server got no answer.

internal import Net
internal import Wire

/// The reasons. Their texts become part of nodes' errors: they hold nothing of the request but an address that is not
/// allowed, since any part of a request may be a secret.
enum OutboundFailure: Error, Hashable, Sendable, CustomStringConvertible {
    case url(HTTPURLError)
    case request(HTTPClientRequest.Refusal)
    case response(HTTPResponseError)
    case addressNotAllowed(IPAddress)
    case nameNotResolved
    case notConnected(NetError)
    case connectTimedOut
    case connectionLost(NetError)
    case tls(TLSError)
    case tooManyRedirects(Int)
    case redirectMalformed(HTTPURLError)
    /// From https to http.
    case redirectUnprotected
    case timedOut(seconds: Int)
    case cancelled
    case tooManyRequests
    case stopped

    var description: String {
        switch self {
        case .url(let error): error.description
        case .request(let refusal): refusal.description
        case .response(let error): error.description
        case .addressNotAllowed(let address): "IP address not allowed: \(address)"
        case .nameNotResolved: "the host's name cannot be resolved"
        case .notConnected(let error): "cannot connect: \(error)"
        case .connectTimedOut: "cannot connect: no answer"
        case .connectionLost(let error): "the connection was lost: \(error)"
        case .tls(let error): error.description
        case .tooManyRedirects(let count): "more than \(count) redirects"
        case .redirectMalformed(let error): "redirect: \(error)"
        case .redirectUnprotected: "a redirect from https to http is not followed"
        case .timedOut(let seconds): "the request took longer than \(seconds) s"
        case .cancelled: "the request was cancelled"
        case .tooManyRequests: "too many requests to other servers are waiting"
        case .stopped: "the server is stopping"
        }
    }
}
