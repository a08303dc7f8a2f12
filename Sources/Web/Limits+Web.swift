// The bounds of this target: connections of clients.

internal import Primitives

extension Limits {
    // MARK: Sockets and HTTP

    /// Connections of one web loop. Each costs about 4 KiB idle, so this is at most 40 MiB a loop. Fewer if the process may
    /// not have as many descriptors.
    static let connectionsPerLoopMax = 10_000
    /// Descriptors that clients do not get: for the database, files, requests to other servers (`outboundExchangesMax`) and
    /// what is just being closed.
    static let descriptorsReserved = 256
    /// Of the connections that a loop may have, the part that strangers from one address may: one over so many.
    static let strangersShare = 2
    /// Milliseconds that somebody who connects has to make a request, or on a socket to prove who it is: many times what a
    /// program needs, and short enough that strangers cannot keep places for nothing.
    static let strangerMillisecondsMax = 10_000
    /// Milliseconds between two lines of the log about the same thing, where each of many connections could bring one.
    static let logPauseMilliseconds = 10_000
    /// Bytes read ahead on one connection while an earlier request or message is answered; then reading pauses.
    static let readAheadBytesMax = 64 * 1024
    /// Messages that others may post to one web loop; answers to the loop's own questions do not count.
    static let webMailboxMax = 1_024
    /// Milliseconds that a client which will send nothing more is kept for the answer to what it has sent.
    static let halfClosedMillisecondsMax = 30_000
    /// Milliseconds that a refused client's further bytes are read away, so that it gets to see the refusal.
    static let lingerMilliseconds = 1_000
    /// Bytes of refused clients that one loop reads away between two pauses, all of them together: some 50 MB a second, so that
    /// a lone client sees the refusal of two mebibytes in no time, and many that send for nothing cost next to nothing.
    static let lingerBytesMax = 512 * 1024
    /// Milliseconds between two such portions.
    static let lingerPauseMilliseconds = 10
    /// Milliseconds that open connections get to take what is waiting for them when the server stops.
    static let farewellMilliseconds = 2_000
    /// Milliseconds until a listener that ran out of descriptors tries again.
    static let acceptPauseMilliseconds = 100
    /// Milliseconds to send a whole request head: slower senders only hold a place.
    static let requestHeadMillisecondsMax = 15_000
    /// Milliseconds to send a whole request body: the greatest one at 17 KiB a second, which is a bad mobile connection.
    static let requestBodyMillisecondsMax = 120_000
    /// Bytes of request bodies that one loop has on their way or being read, except those that come with their heads. Over
    /// it is 503.
    static let bodyBytesInProgressMax = 64 * 1024 * 1024
    /// Of those, what strangers may take.
    static let strangerBodyBytesInProgressMax = 16 * 1024 * 1024
    /// Threads that read large bodies and messages, for all loops together: two of them keep two cores busy, and what is small
    /// does not wait for them.
    static let bodyThreads = 2
    /// By how much such a thread gives way to others, on the system's scale: where there is not enough of the processors for
    /// all, it gets a third of what a loop gets.
    static let bodyThreadNiceness = Int32(5)
    /// Large bodies and messages that wait for such a thread: a few seconds. Further ones are answered with 503.
    static let bodiesWaitingMax = 256
    /// Threads that shake hands for TLS, for all loops together: one signature with an RSA key of 4,096 bits takes six
    /// milliseconds, with a key on P-256 a thirtieth of one.
    static let handshakeThreads = 2
    /// By how much such a thread gives way to others, on the system's scale: a crowd of new clients must not slow those who are
    /// there.
    static let handshakeThreadNiceness = Int32(5)
    /// Handshakes that wait for such a thread: a few seconds of the slowest ones. Further clients are turned away.
    static let handshakesWaitingMax = 1_024
    /// Milliseconds between two pieces of a request body.
    static let requestBodyStallMillisecondsMax = 30_000
    /// Milliseconds an HTTP connection may stay open without a request: above the minute of common proxies, so that it
    /// is them who close.
    static let keepAliveMillisecondsMax = 75_000
    /// Milliseconds a socket may refuse bytes while output waits; then its client counts as gone.
    static let outputStallMillisecondsMax = 60_000

    // MARK: WebSocket

    /// Milliseconds until storage that was away is asked again about a caller whose answer is there: as one who waits anyway
    /// hardly notices.
    static let confirmationPauseMilliseconds = 1_000
    /// Milliseconds between pings to a silent peer: keeps address translation alive. A client whose key was
    /// deleted, whose session was revoked or whose token has expired may go on watching for this long.
    static let webSocketPingMilliseconds = 30_000
    /// Milliseconds between the answer to a subscribe and the first event for a peer that does not answer the ping between
    /// them, which tells that the peer has read it: clients begin to listen when they have read the answer, and lose what they
    /// read together with it. Of 200 subscribes with Node 24, all lost events that were written a turn later, in a write of
    /// their own. A client that compiles or collects garbage reads nothing for a good part of a second; only who breaks RFC
    /// 6455 waits this long.
    static let subscriptionPauseMilliseconds = 1_000
    /// Milliseconds between two signs of life in an answer that is a stream: within the half minute after which proxies give
    /// a silent answer up. A client who may not watch any more goes on watching for this long.
    static let streamHeartbeatMilliseconds = 15_000
    /// Pages of stored events that are read or held for one connection at a time: a client who subscribes to everything and
    /// reads nothing would else hold one of the greatest size for each subscription.
    static let pagesPerConnectionMax = 8

    // MARK: Engine

    /// Bytes pulled from one feed in one go.
    static let feedPullBytesMax = 64 * 1024
}
