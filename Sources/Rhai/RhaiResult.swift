// What a run of a script leaves.

public import Values

/// The variables of the top level and the value of the last expression.
public struct RhaiResult {
    private let variables: [(name: String, value: Dynamic)]
    private let lastValue: Dynamic

    init(_ variables: [(name: String, value: Dynamic)], _ last: Dynamic) {
        self.variables = variables
        lastValue = last
    }

    /// The variable of a name as the value of a port; nil if there is none or if it is `()`. Throws an
    /// `OutputTypeMismatch` for what has no form outside: characters, ranges, functions.
    public func variable(_ name: String) throws(RhaiError) -> Value? {
        guard let value = variables.last(where: { $0.name == name })?.value else { return nil }
        return try output(value, "variable '\(name)'")
    }

    /// The value of the last expression; nil for `()`. Throws as `variable` does.
    public func last() throws(RhaiError) -> Value? {
        try output(lastValue, "the result")
    }

    private func output(_ value: Dynamic, _ what: String) throws(RhaiError) -> Value? {
        do {
            return try value.output()
        } catch {
            throw RhaiError(error.kind, "\(what): \(error.message)", at: .none)
        }
    }
}
