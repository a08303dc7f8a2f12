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
}
