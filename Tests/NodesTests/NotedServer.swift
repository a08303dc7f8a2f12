import Engine
import Synchronization

/// Stands for all other servers: notes what it is asked and answers each request alike.
final class NotedServer: OutboundClient {
    private let requests = Mutex<[OutboundRequest]>([])
    private let answer: Result<OutboundResponse, OutboundError>

    init(
        _ status: Int = 200, type: String? = "application/json",
        headers: [(name: String, value: String)] = [],
        body: [UInt8]
    ) {
        answer = .success(
            OutboundResponse(
                status: status, headers: headers + (type.map { [("content-type", $0)] } ?? []), body: body))
    }

    convenience init(_ status: Int = 200, type: String? = "application/json", _ body: String = "{}") {
        self.init(status, type: type, body: Array(body.utf8))
    }

    init(failing text: String) {
        answer = .failure(OutboundError(text))
    }

    var askedCount: Int { requests.withLock { $0.count } }

    /// The last request as text, or an empty text if there was none.
    var asked: String {
        guard let request = requests.withLock({ $0.last }) else { return "" }
        let headers = request.headers.map { "\($0.name): \($0.value)\n" }.joined()
        let body = request.body.map { "\n" + String(decoding: $0, as: UTF8.self) } ?? ""
        return "\(request.method) \(request.url)\n\(headers)\(body)"
    }

    func send(
        _ request: OutboundRequest, cancellation: NodeCancellation,
        reply: @escaping @Sendable (Result<OutboundResponse, OutboundError>) -> Void
    ) {
        requests.withLock { $0.append(request) }
        reply(answer)
    }
}
