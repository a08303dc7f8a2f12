// A thread of the system with a name, that can be waited for.

internal import CLinux
internal import Glibc
internal import Synchronization

/// One thread for one loop. Started once, joined at most once.
final class LoopThread: Sendable {
    private struct State {
        var handle: pthread_t?
        var isJoined = false
    }

    private let name: String
    private let state = Mutex(State())

    init(name: String) {
        self.name = name
    }

    /// Runs `body` on a new thread and returns when `body` has said how it began.
    ///
    /// - Throws: the error that `body` began with.
    func start(_ body: @escaping @Sendable (_ hasStarted: (sending (any Error)?) -> Void) -> Void) throws {
        let start = try ThreadStart(name: name, body: body)
        var handle = pthread_t()
        let passed = unsafe Unmanaged.passRetained(start)
        let result = unsafe pthread_create(
            &handle, nil,
            { raw in
                guard let raw = unsafe raw else { return nil }
                let start = unsafe Unmanaged<ThreadStart>.fromOpaque(raw).takeRetainedValue()
                unsafe flowd_name_thread(start.name)
                start.run()
                return nil
            }, passed.toOpaque())
        guard result == 0 else {
            unsafe passed.release()
            throw NetError("pthread_create", result)
        }
        state.withLock { $0.handle = handle }
        if let error = start.waitForBeginning() {
            join()
            throw error
        }
    }

    func join() {
        let handle = state.withLock { state -> pthread_t? in
            guard !state.isJoined else { return nil }
            state.isJoined = true
            return state.handle
        }
        if let handle { _ = pthread_join(handle, nil) }
    }
}

/// What a new thread is told, and how its starter learns that it stands.
private final class ThreadStart: Sendable {
    let name: String
    private let body: @Sendable (_ hasStarted: (sending (any Error)?) -> Void) -> Void
    private let error = Mutex<(any Error)?>(nil)
    /// Reading blocks until the thread stands.
    private let signal: Int32

    init(name: String, body: @escaping @Sendable (_ hasStarted: (sending (any Error)?) -> Void) -> Void)
        throws
    {
        self.name = name
        self.body = body
        signal = eventfd(0, Int32(EFD_CLOEXEC))
        guard signal >= 0 else { throw NetError("eventfd", errno) }
    }

    deinit {
        _ = close(signal)
    }

    func run() {
        body { error in
            self.error.withLock { $0 = error }
            _ = eventfd_write(signal, 1)
        }
    }

    func waitForBeginning() -> (any Error)? {
        var count: eventfd_t = 0
        while unsafe eventfd_read(signal, &count) != 0 {}
        return error.withLock { $0 }
    }
}
