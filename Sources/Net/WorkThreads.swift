// A few threads for what must not hold up a loop: calls that block, and handing over large answers.

internal import CLinux
internal import Glibc
internal import Primitives
internal import Synchronization

/// Threads that do pieces of work in the order in which they came.
public final class WorkThreads: Sendable {
    private struct Work: Sendable {
        let run: @Sendable () -> Void
    }

    private struct Line: Sendable {
        var waiting = FIFO<Work>()
        var isStopping = false
    }

    private let line = Mutex(Line())
    private let capacity: Int
    private let threads: [LoopThread]
    /// Counts what waits; a thread that takes one blocks until there is one.
    private let semaphore: Int32

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - name: of the threads, at most 15 characters are shown by the system.
    ///   - capacity: how much work may wait.
    ///   - niceness: by how much they give way to other threads, on the scale of nice(1).
    public init(name: String, count: Int, capacity: Int, niceness: Int32 = 0) throws {
        let semaphore = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_SEMAPHORE))
        guard semaphore >= 0 else { throw NetError("eventfd", errno) }
        self.semaphore = semaphore
        self.capacity = capacity
        threads = (0..<count).map { _ in LoopThread(name: name) }
        for thread in threads {
            try thread.start { [self] hasStarted in
                if niceness > 0 { flowd_be_nice(niceness) }
                hasStarted(nil)
                while let work = next() { work.run() }
            }
        }
    }

    deinit {
        _ = close(semaphore)
    }

    /// Adds a piece of work; false if too much waits, or after `stop`. Any thread.
    public func post(_ work: @escaping @Sendable () -> Void) -> Bool {
        let isAccepted = line.withLock { line in
            guard !line.isStopping, line.waiting.count < capacity else { return false }
            line.waiting.append(Work(run: work))
            return true
        }
        if isAccepted { _ = eventfd_write(semaphore, 1) }
        return isAccepted
    }

    /// Ends the threads when they have done what waits. Does not wait for them.
    public func stop() {
        line.withLock { $0.isStopping = true }
        _ = eventfd_write(semaphore, UInt64(threads.count))
    }

    /// Waits until the threads have ended. After `stop`, not on one of them.
    public func join() {
        for thread in threads { thread.join() }
    }

    /// The next piece of work; nil when there is none and none will come.
    private func next() -> Work? {
        var count: eventfd_t = 0
        while unsafe eventfd_read(semaphore, &count) != 0 {}
        return line.withLock { $0.waiting.popFirst() }
    }
}
