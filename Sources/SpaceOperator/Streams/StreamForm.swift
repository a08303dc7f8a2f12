// The two forms in which events are sent to clients without a socket, and which of them a request asks for. Pure.

internal import Engine
internal import Primitives
internal import Wire

/// A form of an answer that is a stream.
enum StreamForm: CaseIterable {
    /// Server-Sent Events (HTML standard, section 9.2): what browsers read with `EventSource`.
    case serverSent
    /// A JSON object on each line.
    case lines

    /// The form that a request accepts: events, unless it asks for lines and not for events.
    init(_ request: HTTPRequest) {
        let types = request.headers.values(of: "accept").flatMap { $0.split(separator: ",") }.map { element in
            element.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        }
        self =
            types.contains("application/x-ndjson") && !types.contains("text/event-stream")
            ? .lines : .serverSent
    }

    var contentType: String {
        switch self {
        case .serverSent: "text/event-stream"
        case .lines: "application/x-ndjson"
        }
    }

    /// The first content: a comment, as browsers and proxies hand nothing on before there is some.
    var opening: [UInt8] { comment }

    /// What shows that the stream goes on. Lines have nothing that every reader passes over.
    var heartbeat: [UInt8] { comment }

    private var comment: [UInt8] { self == .serverSent ? Array(":\n\n".utf8) : [] }

    /// What a client is told when the server stops: when to come back.
    var farewell: [UInt8] {
        self == .serverSent ? Array("retry: \(Limits.streamRetryMilliseconds)\n\n".utf8) : []
    }
}
