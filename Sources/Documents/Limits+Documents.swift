// The bounds of this target: stored documents.

public import Primitives

extension Limits {
    /// Nodes of one document: build and validation stay below a second.
    static let nodesPerFlowMax = 100_000
    /// Edges of one document.
    static let edgesPerFlowMax = 400_000
    /// Problems of one document that are told: nobody reads more, and the answer stays small.
    public static let documentProblemsMax = 200
}
