// Whether a run may go on at another server: one answer for an orderly stop and for what a crash has left (decision 2).
// Pure.

internal import Primitives
internal import Values

/// What decides whether a run may go on, apart from the executions at work. Kept while the run is alive, and made anew
/// from its journal.
struct RunContinuity: Sendable {
    /// The flow's author allows that nodes which were cut off run again.
    private let allowsRepetition: Bool
    /// What keeps the run from going on elsewhere since it began.
    private let hindrance: String?
    /// Nodes that may have acted once they have begun: nobody must do an act twice.
    private let actingNodes: Set<NodeID>
    /// What keeps it from going on because of what is in its journal.
    private var journalHindrance: String?
    private var lastSequence: UInt64 = 0

    /// - Parameters:
    ///   - hasWholeInputs: storage has the inputs as the run was started with.
    ///   - allowsRepetition: the setting of its flow, `on_crash = resume`.
    init(
        _ graph: FlowGraph, isPartial: Bool, collectsActs: Bool, hasWholeInputs: Bool,
        allowsRepetition: Bool
    ) {
        self.allowsRepetition = allowsRepetition
        actingNodes = Set(graph.nodes.lazy.filter { $0.actInfo != nil }.map(\.id))
        hindrance =
            isPartial
            ? "it ran a part of its flow"
            : collectsActs
                ? "it was collecting acts"
                : !hasWholeInputs ? "its inputs are not stored whole" : nil
    }

    /// Takes in what the journal gets, or has.
    mutating func take(_ events: [RunEvent]) {
        guard let last = events.last else { return }
        lastSequence = last.sequence
        guard journalHindrance == nil else { return }
        for event in events {
            switch event.content.effect {
            case .executionGave(let execution, let output) where output.holdsSecret:
                journalHindrance = RebuildError.hiddenOutput(execution).description
            case .executionStarted(let execution, _) where actingNodes.contains(execution.node):
                journalHindrance = RebuildError.acts(execution).description
            default: continue
            }
        }
    }

    /// Why the run cannot go on elsewhere, apart from the executions at work; nil if it can.
    var obstacle: String? {
        if let hindrance { return hindrance }
        if lastSequence > UInt64(Limits.resumedEventsMax) { return "its journal is too long" }
        return journalHindrance
    }

    /// Why the run cannot go on elsewhere because of this execution; nil if it can.
    func obstacle(_ work: OpenWork, of execution: NodeExecution) -> String? {
        switch work {
        case .isRecorded: nil
        case .hasHiddenAnswer: "the value posted for node \(execution.node) is not stored whole"
        case .nested(_, goesOn: true): nil
        case .nested(let child, goesOn: false):
            "the output of its nested run \(child) is not stored whole"
        case .atWork(.always): nil
        case .atWork(.never): "node \(execution.node) was at work and must not be repeated"
        case .atWork(.ifAllowed):
            allowsRepetition
                ? nil : "node \(execution.node) was at work and its flow does not say that it may be repeated"
        }
    }
}

/// What an execution that has begun and not ended is doing.
enum OpenWork: Sendable {
    /// It waits for something that is written down.
    case isRecorded
    /// Its answer has come, but storage holds only the visible part of it.
    case hasHiddenAnswer
    /// It waits for another run, which goes on as well, or whose end storage has whole.
    case nested(RunID, goesOn: Bool)
    /// It is at work, or waits for a moment.
    case atWork(Repetition)
}
