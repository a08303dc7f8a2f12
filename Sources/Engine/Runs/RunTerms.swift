// On what terms a run works outside: what its flow, its deployment and its starter lay down for what nodes do there.

/// Terms as the engine hands them on: to nodes, to nested runs, to storage. It does not know what they say.
public protocol RunTerms: Sendable {
    /// The terms of a run that a node of a run with these terms starts (spec flow-engine 11.2).
    var nested: any RunTerms { get }
    /// The terms of a run of the flow whose own terms these are.
    ///
    /// - Parameters:
    ///   - deployment: those of the deployment that runs; nil if the flow itself runs.
    ///   - asked: those that the starter has asked for.
    func started(deployment: (any RunTerms)?, asked: any RunTerms) -> any RunTerms
}

/// The terms of runs that do nothing outside.
public struct NoTerms: RunTerms {
    public init() {}

    public var nested: any RunTerms { self }

    /// None again.
    public func started(deployment: (any RunTerms)?, asked: any RunTerms) -> any RunTerms { self }
}
