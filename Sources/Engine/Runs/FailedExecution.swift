// Why a run has failed, for whoever started it: which executions failed, and with what text. Pure.

public import Primitives

/// An execution that has failed.
public struct FailedExecution: Hashable, Sendable {
    public let node: NodeID
    /// The node's text, without a line feed at its end, and without its middle if it is longer than `Limits.failureTextMax`.
    public let error: String

    public init(node: NodeID, error: String) {
        self.node = node
        let ended = error.hasSuffix("\n") ? String(error.dropLast()) : error
        self.error = ended.withoutMiddle(Limits.failureTextMax)
    }
}

extension [FailedExecution] {
    /// A line for each, with the kind of its node if the graph is known: together no longer than
    /// `Limits.failureTextMax`, and about as much of each text as of any other.
    func lines(in graph: FlowGraph?) -> String {
        var left = Limits.failureTextMax
        var lines = ""
        for (index, failed) in enumerated() {
            let kind = graph?.nodes.first { $0.id == failed.node }?.kindName
            let name = kind.map { "\($0) (node \(failed.node))" } ?? "node \(failed.node)"
            let line = "\(name): \(failed.error)".withoutMiddle(left / (count - index) - 1) + "\n"
            left -= line.unicodeScalars.count
            lines += line
        }
        return lines
    }
}

extension String {
    /// The text, or its beginning and its end if it has more Unicode scalars. The end of the text of a nested run is
    /// where the cause of everything before it stands.
    func withoutMiddle(_ countMax: Int) -> String {
        let scalars = unicodeScalars
        guard scalars.count > countMax else { return self }
        let half = (countMax - 1) / 2
        return String(scalars.prefix(half)) + "…" + String(scalars.suffix(half))
    }
}
