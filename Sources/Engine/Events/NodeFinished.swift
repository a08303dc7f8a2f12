// An execution of a node ends.

public import Values

/// An execution has ended. It directly follows the execution's last output, if there is one.
public struct NodeFinished: Sendable {
    public let execution: NodeExecution
}

extension NodeFinished: DeclaredEvent {
    public static var kind: RunEventKind { .nodeFinished }
    public static var storedName: String? { "NodeFinish" }
    public static var origin: EventOrigin { .machine }

    public init?(emptyIn frame: EventFrame) {
        guard let execution = frame.execution else { return nil }
        self.init(execution: execution)
    }

    public var content: RunEvent.Content { .nodeFinished(self) }
    public var subject: NodeExecution? { execution }
    public var effect: EventEffect<ValueMap> { .executionEnded(execution) }

    /// Goes through the fields of the stored text.
    public mutating func walk(_ fields: inout some EventFields) {}

    /// The execution counts.
    public func says(_ other: NodeFinished) -> Bool { execution == other.execution }
}

extension RunEvent.Content {
    /// An execution has ended.
    public static func nodeFinished(_ execution: NodeExecution) -> RunEvent.Content {
        .nodeFinished(NodeFinished(execution: execution))
    }
}
