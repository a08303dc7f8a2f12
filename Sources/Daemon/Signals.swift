// The signals that end the daemon, taken on the main thread and nowhere else.

internal import Glibc

/// Waits for the order to stop, or to read certificates again.
struct Signals {
    private var set = sigset_t()

    /// Blocks these signals in this thread and all that it will start, so that only `waitForStop` sees them. Must
    /// be called before any other thread exists.
    ///
    /// - Parameter takesHangUp: SIGHUP asks for something; else it does what it does to any program.
    init(takesHangUp: Bool) {
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGTERM)
        unsafe sigaddset(&set, SIGINT)
        if takesHangUp { unsafe sigaddset(&set, SIGHUP) }
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        // A peer that is gone is told by the failed write.
        _ = signal(SIGPIPE, SIG_IGN)
    }

    /// Returns the name of the signal that asks to stop, when it comes.
    ///
    /// - Parameter hungUp: called for each SIGHUP before that.
    mutating func waitForStop(hungUp: () -> Void) -> String {
        while true {
            var number: Int32 = 0
            guard unsafe sigwait(&set, &number) == 0 else { continue }
            switch number {
            case SIGHUP: hungUp()
            case SIGINT: return "SIGINT"
            default: return "SIGTERM"
            }
        }
    }

    /// The same, but for so long only; nil if none comes. SIGHUP asks for nothing yet.
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
        // But for one that has nothing to do with stopping.
        unsafe sigdelset(&set, SIGHUP)
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }
}
