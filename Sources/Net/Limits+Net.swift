// The bounds of this target: transports.

public import Primitives

extension Limits {
    /// Milliseconds that a turn of a loop may take before the log says so: everybody whom the loop serves waits for it.
    static let turnMillisecondsMax = 10
    /// Connections accepted in one turn of a loop, so that a flood of new clients cannot starve the others.
    static let acceptsPerTurnMax = 64
    /// Seconds of silence after which the kernel asks whether a client's machine is there (RFC 9293 section 3.8.4), and
    /// between two such questions: who waits for an answer for hours has nothing to say, and holds a place.
    static let keepAliveProbeSeconds = Int32(30)
    /// Such questions in vain, after which the connection is broken: two and a half minutes, as a short outage of a network
    /// should not cost an answer.
    static let keepAliveProbesMax = Int32(4)
    /// Output waiting on one connection above which nothing more is pulled for it.
    public static let outputBytesHigh = 256 * 1024
    /// Output waiting on one connection below which pulling goes on.
    public static let outputBytesLow = 64 * 1024

    // MARK: TLS

    /// Bytes of a client before hands are shaken: a hello with keys of every kind and a ticket is below four KiB, and the
    /// library takes no longer messages than these.
    static let handshakeBytesMax = 64 * 1024
    /// Bytes that are encrypted at a time: four records, so that what waits in both forms stays small.
    static let sealedBytesMax = 64 * 1024
    /// Bytes of room for TLS that a quiet connection keeps: a record and what belongs to it.
    static let sealedBytesKept = 20 * 1024
    /// Seconds that a client may go on with a session: a working day. Whoever takes a key of tickets from memory can read what
    /// was said in TLS 1.2 under it, so it is not longer.
    static let tlsSessionSecondsMax = 8 * 3_600
    /// Seconds after which new tickets get a new key; those of the old one are taken until they are over.
    static let ticketKeySeconds = 4 * 3_600
    /// New keys that a client may ask for in a session: who follows the rules does so once in some hundred gigabytes.
    static let keyUpdatesMax = 100
    /// Certificates in one file, with those between the server's and its root: chains have two or three.
    static let certificateChainMax = 16
}
