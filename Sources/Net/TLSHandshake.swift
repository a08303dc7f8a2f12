// The handshake of one connection on its way to a thread that may take long over it: what is signed with an RSA key of 4,096
// bits keeps a processor for six milliseconds.

internal import Synchronization

/// A session that its connection has lent away, until hands are shaken or more must come from the peer.
public final class TLSHandshake: Sendable {
    /// How far it is.
    public enum Progress: Sendable {
        /// More must come from the peer.
        case unfinished
        case done
        /// There will be no session; the text is the library's reason, which holds nothing of the peer.
        case failed(reason: String)
    }

    private let session: Mutex<TLSSession?>

    init(_ session: consuming TLSSession) {
        self.session = Mutex(session)
    }

    /// Goes on with what has come. Any thread, one at a time.
    public func advance() -> Progress {
        guard var session = takeSession() else { return .failed(reason: "no session") }
        let progress: Progress
        do throws(TLSError) {
            progress = try session.handshake() ? .done : .unfinished
        } catch {
            progress = .failed(reason: session.failureReason)
        }
        giveBack(session)
        return progress
    }

    func takeSession() -> TLSSession? { session.withLock { $0.take() } }

    private func giveBack(_ taken: consuming TLSSession) {
        var taken: TLSSession? = consume taken
        session.withLock { $0 = taken.take() }
    }
}
