// An execution of a node waits for a signature.

internal import Primitives
public import Values

/// An execution waits for somebody to sign.
public struct SignatureRequested: Sendable {
    public let execution: NodeExecution
    public private(set) var request: SignatureRequest
}

extension SignatureRequested: DeclaredEvent {
    public static var kind: RunEventKind { .signatureRequested }
    public static var storedName: String? { "SignatureRequest" }
    public static var origin: EventOrigin { .outside }

    public init?(emptyIn frame: EventFrame) {
        guard let execution = frame.execution, let id = SignatureRequestID(1),
            let nobody = Bytes32([UInt8](repeating: 0, count: 32))
        else { return nil }
        self.init(
            execution: execution,
            request: SignatureRequest(
                id: id, publicKey: nobody, message: [], kind: .message,
                createdAt: Timestamp(nanoseconds: 0), timeLimit: .zero))
    }

    public var content: RunEvent.Content { .signatureRequested(self) }
    public var subject: NodeExecution? { execution }
    public var effect: EventEffect<ValueMap> { .nothing }

    /// Goes through the fields of the stored text.
    public mutating func walk(_ fields: inout some EventFields) {
        var (id, time, key) = (request.id, request.createdAt, request.publicKey)
        var (message, limit, kind) = (request.message, request.timeLimit, request.kind)
        fields.number("id", &id)
        fields.time("time", &time)
        fields.publicKey("pubkey", &key)
        fields.bytes("message", &message)
        fields.duration("timeout", &limit)
        fields.word("kind", &kind)
        request = SignatureRequest(
            id: id, publicKey: key, message: message, kind: kind, createdAt: time, timeLimit: limit)
    }

    /// The execution and the whole request count.
    public func says(_ other: SignatureRequested) -> Bool {
        execution == other.execution && request == other.request
    }

    /// The execution waits.
    public func fact(at node: Int?) -> RunFact.Kind? {
        node.map { .nodeWaits(node: $0, times: execution.times, content) }
    }
}

extension RunEvent.Content {
    /// An execution waits for somebody to sign.
    public static func signatureRequested(
        _ execution: NodeExecution, _ request: SignatureRequest
    ) -> RunEvent.Content {
        .signatureRequested(SignatureRequested(execution: execution, request: request))
    }
}
