// How programs that tests run come to their end.

import Foundation

extension Process {
    /// Waits until the program has ended. Gives its exit status, nil if a signal has ended it.
    ///
    /// `waitUntilExit` alone waits until a socket that the program has inherited closes. A second program that is started
    /// in the same moment may inherit it, too, and then the wait lasts as long as that one lives.
    @discardableResult
    public func waitForEnd() -> Int32? {
        while true {
            var end = siginfo_t()
            let result = waitid(P_PID, id_t(processIdentifier), &end, WEXITED | WNOHANG | WNOWAIT)
            guard result == 0 || errno == EINTR else {
                // Foundation has taken the end already.
                waitUntilExit()
                return terminationReason == .exit ? terminationStatus : nil
            }
            if result == 0, end._sifields._sigchld.si_pid == processIdentifier {
                return end.si_code == Int32(CLD_EXITED) ? end._sifields._sigchld.si_status : nil
            }
            usleep(1_000)
        }
    }
}
