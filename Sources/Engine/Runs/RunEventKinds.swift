// Which kinds of events there are, and sets of them: what a subscriber may ask to see. Plain values.

/// The kind of an event, without what it says (spec flow-engine 10.1).
public enum RunEventKind: UInt8, Sendable, CaseIterable {
    case flowStarted, flowFailed, flowLogged, flowFinished
    case nodeStarted, nodeOutput, nodeFailed, nodeLogged, nodeFinished
    case inputRequested, signatureRequested
}

/// Some kinds of events.
public struct RunEventKinds: Hashable, Sendable {
    private var bits: UInt16

    /// These kinds and no others.
    public init(_ kinds: some Sequence<RunEventKind>) {
        bits = kinds.reduce(0) { $0 | 1 << UInt16($1.rawValue) }
    }

    /// Every kind.
    public static let all = RunEventKinds(RunEventKind.allCases)

    /// Adds a kind; a kind that is in the set already changes nothing.
    public mutating func insert(_ kind: RunEventKind) { bits |= 1 << UInt16(kind.rawValue) }

    /// True if this kind is in the set.
    public func contains(_ kind: RunEventKind) -> Bool { bits & 1 << UInt16(kind.rawValue) != 0 }
}

extension RunEvent.Content {
    public var kind: RunEventKind {
        switch self {
        case .flowStarted: .flowStarted
        case .flowFailed: .flowFailed
        case .flowLogged: .flowLogged
        case .flowFinished: .flowFinished
        case .nodeStarted: .nodeStarted
        case .nodeOutput: .nodeOutput
        case .nodeFailed: .nodeFailed
        case .nodeLogged: .nodeLogged
        case .nodeFinished: .nodeFinished
        case .inputRequested: .inputRequested
        case .signatureRequested: .signatureRequested
        }
    }
}
