// Ports through which values go that must not be seen. What such values look like the engine does not know.

public import Values

/// What a node's ports mean for secrets. Most nodes have no such port, and none of this. Pure.
public protocol SecretPorts: Sendable {
    /// True if values stay whole on their way to the input of this name, so that what is secret in them arrives. To
    /// another input that takes public keys only the public key travels (spec flow-engine 6.4).
    func takesSecrets(_ input: String) -> Bool
    /// Turns what must not be seen of some outputs into secrets (spec flow-engine 6.5).
    func hide(in outputs: inout ValueMap)
}
