// Where one node of a running graph stands.

internal import Values

/// The state of a node within a run. A node has at most one execution at a time (spec flow-engine 4.3).
struct NodeProgress: Equatable {
    /// The number that the next execution gets.
    private(set) var nextTimes: Int32 = 0
    private(set) var isRunning = false
    /// No execution will follow any more.
    var isClosed = false
    /// Waits to be looked at in this round.
    var isPending = false
    /// Will be started in this round.
    var isReady = false
    /// The loop elements of the running execution.
    private(set) var tag: LoopTag = []
    /// Inputs of the running execution that come out again.
    private(set) var carried = ValueMap()
    /// Outputs that the running execution has already given.
    var given: [String] = []

    var hasStarted: Bool { nextTimes > 0 }

    /// The number of the running, else of the last execution.
    var times: Int32 { nextTimes - 1 }

    mutating func begin(tag: LoopTag, carried: ValueMap) {
        self.tag = tag
        self.carried = carried
        nextTimes += 1
        isRunning = true
        isReady = false
    }

    /// Notes that the node has started, when nothing else is known of its executions.
    mutating func markStarted() { nextTimes = max(nextTimes, 1) }

    mutating func end() {
        isRunning = false
        tag = []
        carried = ValueMap()
        given = []
    }
}
