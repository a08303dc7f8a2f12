// Events by what they declare, whatever their kind.

public import Values

/// Takes events of any kind by their declaration. A visitor and not a value of `any DeclaredEvent`, which would cost an
/// allocation for each event.
public protocol EventVisitor {
    /// What comes of a visit.
    associatedtype Outcome
    /// Takes one event.
    mutating func visit(_ event: some DeclaredEvent) -> Outcome
}

extension RunEvent.Content {
    public var kind: RunEventKind {
        var visitor = KindOfEvent()
        return accept(&visitor)
    }

    /// The execution that the event is about; nil if it is about the run.
    public var subject: NodeExecution? {
        var visitor = SubjectOfEvent()
        return accept(&visitor)
    }

    /// What the event changes in the account of the run.
    public var effect: EventEffect<ValueMap> {
        var visitor = EffectOfEvent()
        return accept(&visitor)
    }

    /// How a machine that is made anew treats the event.
    public var origin: EventOrigin { kind.declaration.origin }

    /// True if a machine that is made anew may say this in place of the other event, which is in the journal.
    func says(_ other: RunEvent.Content) -> Bool {
        var visitor = Comparison(other: other)
        return accept(&visitor)
    }

    /// The fact that the event follows from, if it came from outside the machine.
    ///
    /// - Parameter node: the place of the execution's node in the graph, if the event is about one.
    func fact(at node: Int?) -> RunFact.Kind? {
        var visitor = FactOfEvent(node: node)
        return accept(&visitor)
    }
}

private struct KindOfEvent: EventVisitor {
    func visit<Event: DeclaredEvent>(_ event: Event) -> RunEventKind { Event.kind }
}

private struct SubjectOfEvent: EventVisitor {
    func visit(_ event: some DeclaredEvent) -> NodeExecution? { event.subject }
}

private struct EffectOfEvent: EventVisitor {
    func visit(_ event: some DeclaredEvent) -> EventEffect<ValueMap> { event.effect }
}

private struct FactOfEvent: EventVisitor {
    let node: Int?

    func visit(_ event: some DeclaredEvent) -> RunFact.Kind? { event.fact(at: node) }
}

/// Compares an event of any kind with another one.
private struct Comparison: EventVisitor {
    let other: RunEvent.Content

    /// Takes the other event, if it is of this kind.
    private struct Same<Event: DeclaredEvent>: EventVisitor {
        func visit(_ event: some DeclaredEvent) -> Event? { event as? Event }
    }

    func visit<Event: DeclaredEvent>(_ event: Event) -> Bool {
        var same = Same<Event>()
        return other.accept(&same).map { event.says($0) } ?? false
    }
}
