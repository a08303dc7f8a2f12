// An execution of a node begins.

public import Values

/// An execution has begun, with these inputs as they are shown.
public struct NodeStarted: Sendable {
    public let execution: NodeExecution
    public private(set) var input: ValueMap
}

extension NodeStarted: DeclaredEvent {
    public static var kind: RunEventKind { .nodeStarted }
    public static var storedName: String? { "NodeStart" }
    public static var origin: EventOrigin { .machine }

    public init?(emptyIn frame: EventFrame) {
        guard let execution = frame.execution else { return nil }
        self.init(execution: execution, input: ValueMap())
    }

    public var content: RunEvent.Content { .nodeStarted(self) }
    public var subject: NodeExecution? { execution }
    public var effect: EventEffect<ValueMap> { .executionStarted(execution, input: input) }

    /// Goes through the fields of the stored text.
    public mutating func walk(_ fields: inout some EventFields) {
        fields.values("input", &input)
    }

    /// The execution counts.
    public func says(_ other: NodeStarted) -> Bool { execution == other.execution }
}

extension RunEvent.Content {
    /// An execution has begun, with these inputs as they are shown.
    public static func nodeStarted(_ execution: NodeExecution, input: ValueMap) -> RunEvent.Content {
        .nodeStarted(NodeStarted(execution: execution, input: input))
    }
}
