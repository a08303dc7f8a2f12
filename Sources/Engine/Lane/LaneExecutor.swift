// The queue a lane runs on: a serial queue of Dispatch as the executor of an actor.

internal import Dispatch

/// Runs a lane's turns one after the other. Linux has no serial queue type that is an executor by itself.
final class LaneExecutor: SerialExecutor {
    let queue: DispatchQueue

    init(label: String) {
        queue = DispatchQueue(label: label)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }
}
