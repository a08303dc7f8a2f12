// How nearly every kind is written: read the inputs, compute, return outputs or fail with one text.

internal import Engine
internal import Primitives
internal import Values

/// Why a node fails; the text is what the run's watchers see.
struct NodeFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// The value would be nested too deep to be written and read back.
    static let tooDeep = NodeFailure(
        "the value would be nested more than \(Limits.valueDepthMax) levels deep")
    /// The result would be larger than one event can show.
    static let tooLarge = NodeFailure("the result would be larger than \(Limits.nodeOutputBytesMax) bytes")
    /// The run was stopped or the node's time is over.
    static let cancelled = NodeFailure("canceled")
    /// The value is a secret, and turning it into text or bytes, or comparing it, would reveal it.
    static let secret = NodeFailure("the value is or holds a secret, which this node must not use")
}

extension NodeKind {
    /// A kind that computes its outputs at once from its inputs. Every error ends the execution with its
    /// text.
    ///
    /// - Parameter makesValues: false for kinds that only hand on their inputs, whose outputs need not be measured. The
    ///   outputs of all other kinds are refused when they are too large or too deep.
    static func computing(
        name: String, aliases: [String], summary: String = "", inputs: [InputPort], outputs: [OutputPort],
        conduct: NodeConduct = .pure, role: NodeRole = .ordinary, makesValues: Bool = true,
        compute: @escaping @Sendable (NodeCall) throws -> ValueMap
    ) -> NodeKind {
        NodeKind(
            name: name, aliases: aliases, summary: summary, inputs: inputs, outputs: outputs,
            conduct: conduct,
            role: role
        ) { call in
            do {
                let results = try compute(call)
                if makesValues { try results.requireOutputSize() }
                return .done(.outputs(results))
            } catch {
                return .done(.failed("\(error)"))
            }
        }
    }
}

extension NodeKind {
    /// A kind of this project's own family: `@spo/<prefix>.<name>.0.1`, known by its bare name, too.
    static func computing(
        _ prefix: String, _ name: String, summary: String, inputs: [InputPort], outputs: [OutputPort],
        conduct: NodeConduct = .pure, makesValues: Bool = true,
        compute: @escaping @Sendable (NodeCall) throws -> ValueMap
    ) -> NodeKind {
        .computing(
            name: "@spo/\(prefix).\(name).0.1", aliases: [name], summary: summary, inputs: inputs,
            outputs: outputs, conduct: conduct, makesValues: makesValues, compute: compute)
    }
}

extension NodeCall {
    /// Ends the node early when nobody wants its result any more. Loops over long inputs ask from time to time.
    func checkCancellation() throws(NodeFailure) {
        guard !cancellation.isCancelled else { throw .cancelled }
    }
}

extension ValueMap {
    /// Refuses outputs that no event could show whole or that nothing could read back.
    fileprivate func requireOutputSize() throws(NodeFailure) {
        for entry in entries {
            guard entry.value.approximateBytes(upTo: Limits.nodeOutputBytesMax) <= Limits.nodeOutputBytesMax
            else { throw .tooLarge }
            guard !entry.value.isDeeper(than: Limits.valueDepthMax) else { throw .tooDeep }
        }
    }
}
