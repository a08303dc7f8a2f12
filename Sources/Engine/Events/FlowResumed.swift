// A pause of a run is over.

public import Primitives
public import Values

/// A pause of the run is over.
public struct FlowResumed: Sendable {
    /// The run of which it was asked: this one, or one in which it is nested.
    public private(set) var askedOf: RunID
    public private(set) var reason: String?
    /// Another pause holds: of this run, or of another one around it.
    public private(set) var isStillPaused: Bool
}

extension FlowResumed: DeclaredEvent {
    public static var kind: RunEventKind { .flowResumed }
    public static var storedName: String? { "FlowResume" }
    public static var origin: EventOrigin { .outside }

    public init?(emptyIn frame: EventFrame) {
        self.init(askedOf: RunID(UniqueID(high: 0, low: 0)), reason: nil, isStillPaused: false)
    }

    public var content: RunEvent.Content { .flowResumed(self) }
    public var effect: EventEffect<ValueMap> { .runIs(isStillPaused ? .paused : .running) }

    /// Goes through the fields of the stored text.
    public mutating func walk(_ fields: inout some EventFields) {
        fields.run("asked_of", &askedOf)
        fields.optionalFreeText("reason", &reason)
        fields.flag("still_paused", &isStillPaused)
    }

    /// The run counts of which it was asked.
    public func says(_ other: FlowResumed) -> Bool { askedOf == other.askedOf }

    /// Somebody has asked for it.
    public func fact(at node: Int?) -> RunFact.Kind? {
        .controlled(RunControl(.resume, of: askedOf, reason: reason))
    }
}

extension RunEvent.Content {
    /// A pause of the run is over.
    ///
    /// - Parameters:
    ///   - askedOf: the run of which it was asked: this one, or one in which it is nested.
    ///   - isStillPaused: another pause holds.
    public static func flowResumed(askedOf: RunID, reason: String?, isStillPaused: Bool) -> RunEvent.Content {
        .flowResumed(FlowResumed(askedOf: askedOf, reason: reason, isStillPaused: isStillPaused))
    }
}
