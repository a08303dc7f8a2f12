// The trait for tests whose thread waits: for a program, for Postgres, for an answer on a socket.

import Dispatch
import Synchronization
public import Testing

/// Runs the tests of a suite on threads of their own, a few at a time.
///
/// Test functions run on Swift's cooperative threads, as many as the machine has cores. A function that waits there
/// for something outside holds up every other test of the process, also those that measure their own patience.
public struct BlockingTests: SuiteTrait, TestTrait, TestScoping {
    public var isRecursive: Bool { true }

    /// How long a test may take once it runs; nil for as long as it likes.
    let limit: Duration?

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        await Self.gate.enter()
        let watch = limit.map { limit in
            Task {
                try await Task.sleep(for: limit)
                Issue.record("the test takes more than \(limit)")
            }
        }
        defer { watch?.cancel() }
        do {
            try await withTaskExecutorPreference(Self.threads) { try await function() }
        } catch {
            Self.gate.leave()
            throw error
        }
        Self.gate.leave()
    }

    private static let threads = WaitingThreads()
    /// More would only wait for the same cores, and for the daemon that many of them share.
    private static let gate = TestGate(places: 4)
}

extension Trait where Self == BlockingTests {
    /// The functions of this suite wait in their threads.
    public static var blocking: BlockingTests { BlockingTests(limit: nil) }

    /// The same, with a time for each that does not run while it waits for its turn.
    public static func blocking(within limit: Duration) -> BlockingTests { BlockingTests(limit: limit) }
}

/// Threads that come as they are needed; `TestGate` bounds how many that is.
private final class WaitingThreads: TaskExecutor {
    private let queue = DispatchQueue(label: "blocking tests", attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// Lets in as many as there are places, the others in the order in which they came.
private final class TestGate: Sendable {
    private let state: Mutex<(free: Int, waiting: [CheckedContinuation<Void, Never>])>

    init(places: Int) { state = Mutex((places, [])) }

    func enter() async {
        await withCheckedContinuation { continuation in
            let isIn = state.withLock { state in
                if state.free == 0 {
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if isIn { continuation.resume() }
        }
    }

    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.waiting.isEmpty {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
