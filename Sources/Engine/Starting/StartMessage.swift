// What a start waits for.

internal import Primitives
internal import Values

/// An answer to something that a preparation has asked for.
enum StartMessage: Sendable {
    case flowFound(RunID, FlowID, Result<FlowRow?, StorageError>)
    case flowFoundTogether(FlowID, Result<FlowRow?, StorageError>)
    case flowCompiled(RunID, FlowID, FlowRow, Result<CompiledFlow, GraphProblems>)
    case deploymentFound(RunID, Result<DeploymentRow?, StorageError>)
    case copiesFound(RunID, Result<[FlowSnapshot], StorageError>)
    case copyCompiled(RunID, [UInt8], Result<CompiledFlow, GraphProblems>)
    case secretsFound(RunID, Result<[VaultName: String], StorageError>)
    case gatheredInVain(RunID, Preparation)
    case belongingsSettled(RunID, Result<any RunTerms, StorageError>)
    case replacementsFound(RunID, Result<(any BelongingReplacements)?, StorageError>)
    case outputsFound(RunID, Result<[StoredOutput], StorageError>)
    case inputsMarked(RunID, Result<MarkedInputs, TooManyCandidates>)
    case partSelected(RunID, Result<GraphSelection, GraphProblems>)
    /// How the start of a read went.
    case readAnswered(RunID, Duration, EngineReply)
}

/// What a start gives its run, with the secrets in it hidden.
struct MarkedInputs: Sendable {
    let values: ValueMap
    let environment: [String: String]
}
