// How kinds that ask a port are written: read the inputs, ask, and end the execution when the answer comes.

internal import Engine
internal import Values

extension NodeKind {
    /// A kind whose work goes on elsewhere. `ask` reads the inputs and asks. The answer's handler ends the execution
    /// once, by `NodeCall.end`. An error that `ask` throws ends it at once.
    static func asking(
        name: String, aliases: [String], summary: String, inputs: [InputPort], outputs: [OutputPort],
        conduct: NodeConduct, ask: @escaping @Sendable (NodeCall) throws -> Void
    ) -> NodeKind {
        NodeKind(
            name: name, aliases: aliases, summary: summary, inputs: inputs, outputs: outputs, conduct: conduct
        ) { call in
            do {
                try ask(call)
                return .pending
            } catch {
                return .done(.failed("\(error)"))
            }
        }
    }
}

extension NodeCall {
    /// Ends an execution that is pending: with the outputs that `outputs` gives, or with the text of what it throws.
    func end(_ outputs: () throws -> ValueMap) {
        do {
            complete(.outputs(try outputs()))
        } catch {
            complete(.failed("\(error)"))
        }
    }
}
