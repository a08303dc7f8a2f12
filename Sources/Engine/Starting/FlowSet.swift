// The flows of one start: found by either of their names, each there once.

internal import Primitives
internal import Values

/// The flows that a run and its nested runs can come to, loaded when the outermost one started (spec flow-engine
/// 11.1), and the secrets that they name.
struct FlowSet: Sendable {
    /// A flow that is ready to run.
    struct Member: Sendable {
        let number: Int32
        let owner: UserID
        /// Nodes that a crash has interrupted may run again.
        let resumesOnCrash: Bool
        /// The version of the document that was compiled. It changes with each change of the flow.
        let version: Int64
        let flow: CompiledFlow
    }

    /// The numbers of flows by their other names.
    private(set) var uuids: [UniqueID: Int32] = [:]
    private var byNumber: [Int32: Member] = [:]
    var secrets: [VaultName: String] = [:]

    var members: some Collection<Member> { byNumber.values }

    /// The flow of this name.
    subscript(name: FlowID) -> Member? {
        switch name {
        case .number(let number): byNumber[number]
        case .uuid(let uuid): uuids[uuid].flatMap { byNumber[$0] }
        }
    }

    /// Adds a flow under both of its names. One that is there already stays: it may be in use.
    mutating func add(_ member: Member, uuid: UniqueID) {
        uuids[uuid] = member.number
        if byNumber[member.number] == nil { byNumber[member.number] = member }
    }

    var vaultNames: Set<VaultName> {
        byNumber.values.reduce(into: []) { $0.formUnion($1.flow.graph.vaultNames) }
    }

    /// A problem for each input whose secret the owner does not have (spec flow-engine 2.4).
    func problems(without secrets: [VaultName: String]) -> [GraphProblem] {
        byNumber.values.flatMap { member in
            member.flow.graph.nodes.flatMap { node in
                node.vaultInputs.filter { secrets[$0.secret] == nil }.map { input, secret in
                    GraphProblem(
                        "node \(node.id):\(input) references missing vault secret "
                            + "\(secret.provider)/\(secret.label)", node: node.id, port: input)
                }
            }
        }
    }
}
