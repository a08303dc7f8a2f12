// What a kind of event declares. Everything that stores, reads, projects or replays events goes by it.

public import Values

/// One kind of event: its fields, and once for all what they mean.
///
/// A new kind is a type of this in a file of its own, its cases in `RunEvent`, and its words in each dialect.
public protocol DeclaredEvent: FieldHolder, Sendable {
    static var kind: RunEventKind { get }
    /// The name in the journal's column (spec flow-engine 10.1). Rows that have been written keep it, so it stays. Nil
    /// for log lines: they have a table of their own and stand there under their level.
    static var storedName: String? { get }
    static var origin: EventOrigin { get }

    /// An event whose fields are still to be read; nil if it cannot stand in such a row.
    init?(emptyIn frame: EventFrame)

    /// The event as one of all.
    var content: RunEvent.Content { get }
    /// The execution that it is about; nil if it is about the run.
    var subject: NodeExecution? { get }
    /// What it changes in the account of the run.
    var effect: EventEffect<ValueMap> { get }
    /// True if a machine that is made anew may say this in place of the other, which is in the journal.
    func says(_ other: Self) -> Bool
    /// The fact that the event follows from, if its origin is outside the machine.
    ///
    /// - Parameter node: the place of the execution's node in the graph, if the event is about one.
    func fact(at node: Int?) -> RunFact.Kind?
}

extension DeclaredEvent {
    public var subject: NodeExecution? { nil }

    /// None: most kinds come from the machine itself.
    public func fact(at node: Int?) -> RunFact.Kind? { nil }
}

/// Where events of a kind come from: how a machine that is made anew treats them.
public enum EventOrigin: Sendable {
    /// They follow from the machine's own steps: it says them again by itself.
    case machine
    /// They came from outside: what they tell is given to the machine again, as a fact.
    case outside
    /// They are log lines: they are neither given nor compared.
    case log
}

/// What stands around the fields of a stored event, in columns of their own.
public struct EventFrame: Sendable {
    public let execution: NodeExecution?
    /// The status of the run, which the end of a run needs.
    public let status: RunStatus

    public init(execution: NodeExecution? = nil, status: RunStatus) {
        self.execution = execution
        self.status = status
    }
}
