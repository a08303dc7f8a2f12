// A run is paused.

public import Primitives
public import Values

/// No node of the run starts until it is resumed; those at work end.
public struct FlowPaused: Sendable {
    /// The run of which it was asked: this one, or one in which it is nested.
    public private(set) var askedOf: RunID
    public private(set) var reason: String?
}

extension FlowPaused: DeclaredEvent {
    public static var kind: RunEventKind { .flowPaused }
    public static var storedName: String? { "FlowPause" }
    public static var origin: EventOrigin { .outside }

    public init?(emptyIn frame: EventFrame) {
        self.init(askedOf: RunID(UniqueID(high: 0, low: 0)), reason: nil)
    }

    public var content: RunEvent.Content { .flowPaused(self) }
    public var effect: EventEffect<ValueMap> { .runIs(.paused) }

    /// Goes through the fields of the stored text.
    public mutating func walk(_ fields: inout some EventFields) {
        fields.run("asked_of", &askedOf)
        fields.optionalFreeText("reason", &reason)
    }

    /// The run counts of which it was asked.
    public func says(_ other: FlowPaused) -> Bool { askedOf == other.askedOf }

    /// Somebody has asked for it.
    public func fact(at node: Int?) -> RunFact.Kind? {
        .controlled(RunControl(.pause, of: askedOf, reason: reason))
    }
}

extension RunEvent.Content {
    /// The run is paused.
    ///
    /// - Parameter askedOf: the run of which it was asked: this one, or one in which it is nested.
    public static func flowPaused(askedOf: RunID, reason: String?) -> RunEvent.Content {
        .flowPaused(FlowPaused(askedOf: askedOf, reason: reason))
    }
}
