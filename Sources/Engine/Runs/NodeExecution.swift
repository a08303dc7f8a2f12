// One execution of a node, by its name. Plain value.

public import Primitives

/// One execution of a node: the node and how often it had run before (spec flow-engine 4.4).
public struct NodeExecution: Hashable, Sendable {
    public let node: NodeID
    /// 0 for the first execution in the run, then 1, 2 …
    public let times: Int32

    public init(node: NodeID, times: Int32) {
        self.node = node
        self.times = times
    }
}
