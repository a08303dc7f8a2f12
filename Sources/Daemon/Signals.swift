// The signals that end the daemon, taken on the main thread and nowhere else.

internal import Glibc

/// Waits for the order to stop.
struct Signals {
    private var set = sigset_t()

    /// Blocks the stop signals in this thread and all that it will start, so that only `waitForStop` sees them. Must
    /// be called before any other thread exists.
    init() {
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGTERM)
        unsafe sigaddset(&set, SIGINT)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        // A peer that is gone is told by the failed write.
        _ = signal(SIGPIPE, SIG_IGN)
    }

    /// Returns the name of the signal that asks to stop, when it comes.
    mutating func waitForStop() -> String {
        var number: Int32 = 0
        while unsafe sigwait(&set, &number) != 0 {}
        return number == SIGINT ? "SIGINT" : "SIGTERM"
    }

    /// The same, but for so long only; nil if none comes.
    mutating func waitForStop(withinMilliseconds milliseconds: Int) -> String? {
        var time = timespec(tv_sec: milliseconds / 1_000, tv_nsec: milliseconds % 1_000 * 1_000_000)
        return switch unsafe sigtimedwait(&set, nil, &time) {
        case SIGINT: "SIGINT"
        case SIGTERM: "SIGTERM"
        default: nil
        }
    }

    /// Makes `waitForStop` return, as if somebody had asked to stop. Any thread.
    static func askToStop() {
        _ = kill(getpid(), SIGTERM)
    }

    /// From now on a further signal ends the process at once.
    mutating func stopWaiting() {
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }
}
