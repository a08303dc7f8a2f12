// The last event of a run.

public import Primitives
public import Values

/// The run has ended: the last event of every run, exactly once.
public struct FlowFinished: Sendable {
    /// The nodes that have never started, in document order.
    public private(set) var notRun: [NodeID]
    public private(set) var output: ValueMap
    /// Stored with the run, not in the event's own text.
    public let status: RunStatus
}

extension FlowFinished: DeclaredEvent {
    public static var kind: RunEventKind { .flowFinished }
    public static var storedName: String? { "FlowFinish" }
    public static var origin: EventOrigin { .machine }

    public init?(emptyIn frame: EventFrame) {
        self.init(notRun: [], output: ValueMap(), status: frame.status)
    }

    public var content: RunEvent.Content { .flowFinished(self) }
    public var effect: EventEffect<ValueMap> { .runEnded(notRun: notRun, output: output, status: status) }

    /// Goes through the fields of the stored text.
    public mutating func walk(_ fields: inout some EventFields) {
        fields.nodes("not_run", &notRun)
        fields.markedValues("output", &output)
    }

    /// A run ends once.
    public func says(_ other: FlowFinished) -> Bool { true }
}

extension RunEvent.Content {
    /// The run has ended.
    ///
    /// - Parameter notRun: the nodes that have never started, in document order.
    public static func flowFinished(
        notRun: [NodeID], output: ValueMap, status: RunStatus
    ) -> RunEvent.Content {
        .flowFinished(FlowFinished(notRun: notRun, output: output, status: status))
    }
}
