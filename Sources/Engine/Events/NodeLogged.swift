// A line in the log of a run, by an execution of a node.

public import Values

/// A line of an execution.
public struct NodeLogged: Sendable {
    public let execution: NodeExecution
    public private(set) var line: RunLogLine
}

extension NodeLogged: DeclaredEvent {
    public static var kind: RunEventKind { .nodeLogged }
    public static var storedName: String? { nil }
    public static var origin: EventOrigin { .log }

    public init?(emptyIn frame: EventFrame) { nil }

    public var content: RunEvent.Content { .nodeLogged(self) }
    public var subject: NodeExecution? { execution }
    public var effect: EventEffect<ValueMap> { .line(line) }

    /// Goes through the fields of the stored text.
    public mutating func walk(_ fields: inout some EventFields) {
        line.walk(&fields)
    }

    /// Lines are not compared.
    public func says(_ other: NodeLogged) -> Bool { true }
}

extension RunEvent.Content {
    /// A line of an execution.
    public static func nodeLogged(_ execution: NodeExecution, _ line: RunLogLine) -> RunEvent.Content {
        .nodeLogged(NodeLogged(execution: execution, line: line))
    }
}
