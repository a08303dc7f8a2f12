// Every kind of wait that there is: the one list to which a new kind is added.

internal import Primitives
internal import Values

extension NodeRequest {
    /// The wait that begins with what an execution asks for.
    ///
    /// - Parameter inputs: those of the execution.
    func wait(inputs: ValueMap) -> any Wait {
        switch self {
        case .input(let wish): InputWait(wish)
        case .signature(let wish): SignatureWait(wish)
        case .flow(let flow): NestedRunWait(flow, inputs: inputs)
        case .act(let call): ActWait(call)
        }
    }
}

extension LeftRun {
    /// What executions of the run wait for, as storage has it.
    var waits: [any StoredWait] { inputs + signatures + children }
}

extension EnginePorts {
    /// The records of waits that other servers may answer.
    var waitRecords: [any WaitRecord] { [InputWaitRecord(inputs), SignatureWaitRecord(signatures)] }
}
