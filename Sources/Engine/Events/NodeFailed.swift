// An execution of a node has an error.

public import Values

/// An execution has an error.
public struct NodeFailed: Sendable {
    public let execution: NodeExecution
    public private(set) var error: String
}

extension NodeFailed: DeclaredEvent {
    public static var kind: RunEventKind { .nodeFailed }
    public static var storedName: String? { "NodeError" }
    public static var origin: EventOrigin { .machine }

    public init?(emptyIn frame: EventFrame) {
        guard let execution = frame.execution else { return nil }
        self.init(execution: execution, error: "")
    }

    public var content: RunEvent.Content { .nodeFailed(self) }
    public var subject: NodeExecution? { execution }
    public var effect: EventEffect<ValueMap> { .executionFailed(execution, error: error) }

    /// Goes through the fields of the stored text.
    public mutating func walk(_ fields: inout some EventFields) {
        fields.freeText("error", &error)
    }

    /// The execution and its error count.
    public func says(_ other: NodeFailed) -> Bool { execution == other.execution && error == other.error }
}

extension RunEvent.Content {
    /// An execution has an error.
    public static func nodeFailed(_ execution: NodeExecution, error: String) -> RunEvent.Content {
        .nodeFailed(NodeFailed(execution: execution, error: error))
    }
}
