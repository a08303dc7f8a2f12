// An execution of a node puts values out.

public import Values

/// An execution has put these values out, as they are shown. It may do so several times.
public struct NodeOutput: Sendable {
    public let execution: NodeExecution
    public private(set) var output: ValueMap
}

extension NodeOutput: DeclaredEvent {
    public static var kind: RunEventKind { .nodeOutput }
    public static var storedName: String? { "NodeOutput" }
    public static var origin: EventOrigin { .machine }

    public init?(emptyIn frame: EventFrame) {
        guard let execution = frame.execution else { return nil }
        self.init(execution: execution, output: ValueMap())
    }

    public var content: RunEvent.Content { .nodeOutput(self) }
    public var subject: NodeExecution? { execution }
    public var effect: EventEffect<ValueMap> { .executionGave(execution, output: output) }

    /// Goes through the fields of the stored text.
    public mutating func walk(_ fields: inout some EventFields) {
        fields.markedValues("output", &output)
    }

    /// The execution counts.
    public func says(_ other: NodeOutput) -> Bool { execution == other.execution }
}

extension RunEvent.Content {
    /// An execution has put these values out, as they are shown.
    public static func nodeOutput(_ execution: NodeExecution, output: ValueMap) -> RunEvent.Content {
        .nodeOutput(NodeOutput(execution: execution, output: output))
    }
}
