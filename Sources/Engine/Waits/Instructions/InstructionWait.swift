// Executions that wait for a transaction.

/// Waits until the machine has had an execution's instructions carried out, alone or together with those of others. The
/// machine then orders the rest of the execution's work, or ends the execution.
struct InstructionWait: Wait {
    private let call: InstructionCall

    init(_ call: InstructionCall) {
        self.call = call
    }

    mutating func begin(at place: WaitPlace) -> [WaitOrder] { [.give(call)] }
}
