// An execution of a node waits for a value.

public import Values

/// An execution waits for a value that is to be posted to this address.
public struct InputRequested: Sendable {
    public let execution: NodeExecution
    public private(set) var url: String
}

extension InputRequested: DeclaredEvent {
    public static var kind: RunEventKind { .inputRequested }
    public static var storedName: String? { "ApiInput" }
    public static var origin: EventOrigin { .outside }

    public init?(emptyIn frame: EventFrame) {
        guard let execution = frame.execution else { return nil }
        self.init(execution: execution, url: "")
    }

    public var content: RunEvent.Content { .inputRequested(self) }
    public var subject: NodeExecution? { execution }
    public var effect: EventEffect<ValueMap> { .nothing }

    /// Goes through the fields of the stored text.
    public mutating func walk(_ fields: inout some EventFields) {
        fields.text("url", &url)
    }

    /// The execution counts. The address may be another one.
    public func says(_ other: InputRequested) -> Bool { execution == other.execution }

    /// The execution waits.
    public func fact(at node: Int?) -> RunFact.Kind? {
        node.map { .nodeWaits(node: $0, times: execution.times, content) }
    }
}

extension RunEvent.Content {
    /// An execution waits for a value that is to be posted to this address.
    public static func inputRequested(_ execution: NodeExecution, url: String) -> RunEvent.Content {
        .inputRequested(InputRequested(execution: execution, url: url))
    }
}
