// A line in the log of a run, outside any node.

public import Values

/// A line outside any node.
public struct FlowLogged: Sendable {
    public private(set) var line: RunLogLine
}

extension FlowLogged: DeclaredEvent {
    public static var kind: RunEventKind { .flowLogged }
    public static var storedName: String? { nil }
    public static var origin: EventOrigin { .log }

    public init?(emptyIn frame: EventFrame) { nil }

    public var content: RunEvent.Content { .flowLogged(self) }
    public var effect: EventEffect<ValueMap> { .line(line) }

    /// Goes through the fields of the stored text.
    public mutating func walk(_ fields: inout some EventFields) {
        line.walk(&fields)
    }

    /// Lines are not compared.
    public func says(_ other: FlowLogged) -> Bool { true }
}

extension RunEvent.Content {
    /// A line outside any node.
    public static func flowLogged(_ line: RunLogLine) -> RunEvent.Content {
        .flowLogged(FlowLogged(line: line))
    }
}
