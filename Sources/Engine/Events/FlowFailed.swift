// A run has an error of its own, not one of a node.

public import Values

/// The run itself has an error.
public struct FlowFailed: Sendable {
    public private(set) var error: String
}

extension FlowFailed: DeclaredEvent {
    public static var kind: RunEventKind { .flowFailed }
    public static var storedName: String? { "FlowError" }
    public static var origin: EventOrigin { .machine }

    public init?(emptyIn frame: EventFrame) { self.init(error: "") }

    public var content: RunEvent.Content { .flowFailed(self) }
    public var effect: EventEffect<ValueMap> { .runFailed(error: error) }

    /// Goes through the fields of the stored text.
    public mutating func walk(_ fields: inout some EventFields) {
        fields.freeText("error", &error)
    }

    /// The error counts.
    public func says(_ other: FlowFailed) -> Bool { error == other.error }
}

extension RunEvent.Content {
    /// The run itself has an error.
    public static func flowFailed(error: String) -> RunEvent.Content { .flowFailed(FlowFailed(error: error)) }
}
