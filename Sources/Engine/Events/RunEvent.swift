// The events of a run: the one stream from which everything else is translated. All kinds are listed here, and only here;
// what each of them is stands in its own file.

public import Primitives

/// One event of a run. `sequence` counts 1, 2, 3 … within the run without a gap, log lines included; times
/// never go back within a run.
public struct RunEvent: Sendable {
    public let sequence: UInt64
    public let time: Timestamp
    public let content: Content

    public init(sequence: UInt64, time: Timestamp, content: Content) {
        self.sequence = sequence
        self.time = time
        self.content = content
    }

    /// What happened (spec flow-engine 10.1, 10.3). `flowFinished` is the last event of every run and comes
    /// exactly once. An execution's `nodeFinished` directly follows its last `nodeOutput`, if it has one.
    public enum Content: Sendable {
        case flowStarted(FlowStarted)
        case flowFailed(FlowFailed)
        case flowLogged(FlowLogged)
        case flowFinished(FlowFinished)
        case flowPaused(FlowPaused)
        case flowResumed(FlowResumed)
        case nodeStarted(NodeStarted)
        case nodeOutput(NodeOutput)
        case nodeFailed(NodeFailed)
        case nodeLogged(NodeLogged)
        case nodeFinished(NodeFinished)
        case inputRequested(InputRequested)
        case signatureRequested(SignatureRequested)
    }

    /// True for the event that ends the run's stream.
    public var isEnd: Bool {
        if case .flowFinished = content { true } else { false }
    }
}

/// The kind of an event, without what it says (spec flow-engine 10.1).
public enum RunEventKind: UInt8, Sendable, CaseIterable {
    case flowStarted, flowFailed, flowLogged, flowFinished
    case nodeStarted, nodeOutput, nodeFailed, nodeLogged, nodeFinished
    case inputRequested, signatureRequested
    case flowPaused, flowResumed

    /// What events of this kind are.
    public var declaration: any DeclaredEvent.Type {
        switch self {
        case .flowStarted: FlowStarted.self
        case .flowFailed: FlowFailed.self
        case .flowLogged: FlowLogged.self
        case .flowFinished: FlowFinished.self
        case .flowPaused: FlowPaused.self
        case .flowResumed: FlowResumed.self
        case .nodeStarted: NodeStarted.self
        case .nodeOutput: NodeOutput.self
        case .nodeFailed: NodeFailed.self
        case .nodeLogged: NodeLogged.self
        case .nodeFinished: NodeFinished.self
        case .inputRequested: InputRequested.self
        case .signatureRequested: SignatureRequested.self
        }
    }
}

extension RunEvent.Content {
    /// Gives the event to a visitor as what it is declared to be.
    public func accept<Visitor: EventVisitor>(_ visitor: inout Visitor) -> Visitor.Outcome {
        switch self {
        case .flowStarted(let event): visitor.visit(event)
        case .flowFailed(let event): visitor.visit(event)
        case .flowLogged(let event): visitor.visit(event)
        case .flowFinished(let event): visitor.visit(event)
        case .flowPaused(let event): visitor.visit(event)
        case .flowResumed(let event): visitor.visit(event)
        case .nodeStarted(let event): visitor.visit(event)
        case .nodeOutput(let event): visitor.visit(event)
        case .nodeFailed(let event): visitor.visit(event)
        case .nodeLogged(let event): visitor.visit(event)
        case .nodeFinished(let event): visitor.visit(event)
        case .inputRequested(let event): visitor.visit(event)
        case .signatureRequested(let event): visitor.visit(event)
        }
    }
}
