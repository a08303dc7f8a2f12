// Things of a flow's owner that its nodes are configured with. Whoever else starts or copies the flow has others.

public import Values

/// Something personal that a node is configured with, in the node's own words. The engine knows it from a node to whoever
/// understands it.
public protocol Belonging: Sendable {
    /// True if it is known by this public key. A flow that names a key may ask for its signatures.
    func isKnown(by key: Bytes32) -> Bool
}
