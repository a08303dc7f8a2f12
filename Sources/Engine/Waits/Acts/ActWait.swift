// Executions that wait until their act is done.

/// Waits until the act of an execution is done, alone or together with those of others. The machine then orders the rest of the execution's work, or ends the execution.
struct ActWait: Wait {
    private let call: ActCall

    init(_ call: ActCall) {
        self.call = call
    }

    mutating func begin(at place: WaitPlace) -> [WaitOrder] { [.give(call)] }
}
