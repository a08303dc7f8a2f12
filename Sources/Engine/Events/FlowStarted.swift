// A run begins.

public import Values

/// The run has begun.
public struct FlowStarted: Sendable {}

extension FlowStarted: DeclaredEvent {
    public static var kind: RunEventKind { .flowStarted }
    public static var storedName: String? { "FlowStart" }
    public static var origin: EventOrigin { .outside }

    public init?(emptyIn frame: EventFrame) {}

    public var content: RunEvent.Content { .flowStarted(self) }
    public var effect: EventEffect<ValueMap> { .runIs(.running) }

    /// Goes through the fields of the stored text.
    public mutating func walk(_ fields: inout some EventFields) {}

    /// A run begins once.
    public func says(_ other: FlowStarted) -> Bool { true }

    /// The run may begin.
    public func fact(at node: Int?) -> RunFact.Kind? { .started }
}

extension RunEvent.Content {
    /// The run has begun.
    public static var flowStarted: RunEvent.Content { .flowStarted(FlowStarted()) }
}
