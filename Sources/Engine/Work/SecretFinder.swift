// Values that must not be seen are found by their content where they enter a run, and go on as secrets. What they look
// like the engine does not know.

public import Values

/// Finds secrets among values by their content. Every method may be called on any thread and takes as long as there is to
/// look at.
public protocol SecretFinder: Sendable {
    /// The values with each secret among them marked as one. For what nodes of this server give; so there is no bound.
    func marking(_ values: ValueMap) -> ValueMap
    /// The same for values that a stranger may have sent.
    ///
    /// - Throws: if so many of them may be secrets that checking them all would cost too much.
    func marking(fromOutside values: ValueMap) throws(TooManyCandidates) -> ValueMap
    /// True if the values are so few that any thread may look through them; else that is a worker's task.
    func isQuick(_ values: ValueMap) -> Bool
    /// Texts by their names, with a note in place of each secret among either. For those of a flow; so there is no bound.
    func concealing(_ texts: [String: String]) -> [String: String]
    /// The same for texts that a stranger may have sent.
    ///
    /// - Throws: as for values.
    func concealing(fromOutside texts: [String: String]) throws(TooManyCandidates) -> [String: String]
}

/// More values than are looked at may be secrets.
public struct TooManyCandidates: Error, Sendable {
    public init() {}
}

/// For an engine among whose values no secrets are sought.
struct NoSecretFinder: SecretFinder {
    func marking(_ values: ValueMap) -> ValueMap { values }
    func marking(fromOutside values: ValueMap) throws(TooManyCandidates) -> ValueMap { values }
    func isQuick(_ values: ValueMap) -> Bool { true }
    func concealing(_ texts: [String: String]) -> [String: String] { texts }
    func concealing(fromOutside texts: [String: String]) throws(TooManyCandidates) -> [String: String] {
        texts
    }
}

extension SecretFinder {
    func marking(_ outcome: NodeOutcome) -> NodeOutcome {
        switch outcome {
        case .outputs(let outputs): .outputs(marking(outputs))
        case .failed: outcome
        }
    }

    /// The same as for a map with this one value.
    func marking(fromOutside answer: InputAnswer) throws(TooManyCandidates) -> InputAnswer {
        guard case .submitted(let value) = answer else { return answer }
        let marked = try marking(fromOutside: ValueMap([("", value)]))
        return .submitted(marked[""] ?? value)
    }

    func isQuick(_ answer: InputAnswer) -> Bool {
        guard case .submitted(let value) = answer else { return true }
        return isQuick(ValueMap([("", value)]))
    }
}
