// The way nearly every kind is written: read the inputs, compute, return outputs or fail with one text.

internal import Engine
internal import Primitives
internal import Values

/// Why a node fails; the text is what the run's watchers see.
struct NodeFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// The value would stand too deep for anything to write or read it.
    static let tooDeep = NodeFailure(
        "the value would be nested more than \(Limits.valueDepthMax) levels deep")
    /// The value is to become a text or bytes, which would show what must stay hidden.
    static let secret = NodeFailure("the value is or holds a secret, which this node must not use")
}

extension NodeKind {
    /// A kind that computes its outputs at once from its inputs. Every error ends the execution with its
    /// text.
    static func computing(
        name: String, aliases: [String], summary: String = "", inputs: [InputPort], outputs: [OutputPort],
        role: NodeRole = .ordinary,
        compute: @escaping @Sendable (NodeCall) throws -> ValueMap
    ) -> NodeKind {
        NodeKind(
            name: name, aliases: aliases, summary: summary, inputs: inputs, outputs: outputs, role: role
        ) { call in
            do {
                return .done(.outputs(try compute(call)))
            } catch {
                return .done(.failed("\(error)"))
            }
        }
    }
}
