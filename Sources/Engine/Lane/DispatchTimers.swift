// What Dispatch needs for timers, taken from the system while descriptors are left.

internal import Dispatch

/// The timers of Dispatch.
enum DispatchTimers {
    /// Lets a first timer fire, some milliseconds from now, and waits for it. Dispatch opens descriptors for its timers when
    /// the first one is set, and ends the process if there are none left by then.
    static func prepare() {
        let fired = DispatchSemaphore(value: 0)
        let timer = DispatchSource.makeTimerSource()
        timer.setEventHandler { fired.signal() }
        timer.schedule(deadline: .now() + .milliseconds(2))
        timer.resume()
        fired.wait()
        timer.cancel()
    }
}
