// The certificates that the daemon serves with: read at start, and again when their files change or SIGHUP asks for it.

internal import Dispatch
internal import Foundation
internal import Net
internal import Primitives
internal import Synchronization

/// Reads certificates, and watches their files on a thread of its own. What cannot be read leaves those that were there.
final class ServedCertificates: Sendable {
    /// What connections that come now get.
    let context: CurrentTLSContext
    private let files: CertificateFiles
    /// Kept from context to context, so that sessions go on.
    private let tickets: TLSTicketKeys
    private let log: Log
    /// What the files looked like before they were read at start.
    private let marksAtStart: [CertificateFiles.Mark?]
    private let bell = DispatchSemaphore(value: 0)
    private let isStopping = Atomic(false)

    /// Reads the files; nil if the configuration has no TLS. Watches nothing yet.
    ///
    /// - Throws: one sentence that names the setting and the file.
    init?(_ configuration: Configuration, log: Log) throws(StartError) {
        guard let files = try CertificateFiles(configuration) else { return nil }
        let tickets = TLSTicketKeys()
        marksAtStart = files.marks
        let first = try files.read(tickets: tickets)
        context = CurrentTLSContext(first)
        self.files = files
        self.tickets = tickets
        self.log = log
        for key in files.keysOpenToAll {
            log.warning("tls", "every user of this machine may read a key", LogField("file", key))
        }
        tell("certificates are read", first)
    }

    /// Begins to watch the files. Once.
    func watch() {
        let thread = Thread { [self] in
            var known = marksAtStart
            var last = known
            while true {
                let isAsked = pause()
                guard !isStopping.load(ordering: .relaxed) else { return }
                let marks = files.marks
                // A file that is just being written, or a key that comes a moment after its certificate, is waited for.
                let hasSettled = marks == last
                last = marks
                guard isAsked || marks != known && hasSettled else { continue }
                known = marks
                readAgain()
            }
        }
        thread.name = "certificates"
        thread.start()
    }

    /// Reads the files again in a moment. Any thread.
    func reload() { bell.signal() }

    /// Watches no more. Waits for nothing.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        bell.signal()
    }

    /// True if somebody has asked.
    private func pause() -> Bool {
        bell.wait(timeout: .now() + .milliseconds(Limits.certificateLookMilliseconds)) == .success
    }

    private func readAgain() {
        do throws(StartError) {
            let next = try files.read(tickets: tickets)
            context.replace(with: next)
            tell("certificates are read again", next)
        } catch {
            log.error(
                "tls", "certificates cannot be read again; those that are served stay",
                LogField("reason", error))
        }
    }

    private func tell(_ message: String, _ context: TLSContext) {
        log.info(
            "tls", message, LogField("count", files.count),
            LogField("first_valid_until", context.validUntil ?? "?"))
    }
}
