// The client for nodes' requests to other servers, as the engine's port: one thread for all of them.

public import Engine
internal import Net
internal import Primitives
internal import Synchronization

/// Sends requests over HTTP and HTTPS to servers that the policy allows.
///
/// Every address that a name resolves to is checked, and the connection goes to a checked one; each redirect is
/// checked again. Each request has a connection of its own, through no proxy. Nothing is sent twice.
public final class OutboundLoop: OutboundClient {
    private let loop: EventLoop<OutboundMessage>
    private let lookups: WorkThreads
    private let answers: WorkThreads
    private let lastID = Atomic<UInt64>(0)
    private let hasEnded = Atomic(false)

    private init(loop: EventLoop<OutboundMessage>, lookups: WorkThreads, answers: WorkThreads) {
        self.loop = loop
        self.lookups = lookups
        self.answers = answers
    }

    /// Reads the trusted certificates and starts the threads.
    public static func start(_ settings: OutboundSettings = OutboundSettings()) throws -> OutboundLoop {
        let trust = try TLSContext(clientTrusting: settings.trust)
        let lookups = try WorkThreads(
            name: "lookup", count: Limits.lookupThreads, capacity: Limits.outboundExchangesMax)
        // The number of requests is bounded, and a request whose answer waits here still counts. So this line needs no
        // bound.
        let answers = try WorkThreads(name: "answer", count: Limits.answerThreads, capacity: .max)
        let loop = try EventLoop<OutboundMessage>.start(
            name: "outbound", capacity: Limits.outboundWaitingMax
        ) { loop, _ in
            OutboundReactor(
                settings: settings, trust: trust, lookups: lookups, answers: answers, mailbox: loop.mailbox)
        }
        return OutboundLoop(loop: loop, lookups: lookups, answers: answers)
    }

    /// Posts a request to the loop, from any thread. The reply comes exactly once, from a thread for answers. A request
    /// that is refused, because too many wait or the loop has ended, is answered on the thread that refuses it.
    public func send(
        _ request: OutboundRequest, cancellation: NodeCancellation,
        reply: @escaping @Sendable (Result<OutboundResponse, OutboundError>) -> Void
    ) {
        let id = lastID.add(1, ordering: .relaxed).newValue
        guard loop.mailbox.post(.send(id: id, request, reply: reply)) else {
            reply(.failure(OutboundError(OutboundFailure.tooManyRequests.description)))
            return
        }
        guard !hasEnded.load(ordering: .sequentiallyConsistent) else {
            refuseLeftovers()
            return
        }
        cancellation.whenCancelled { [mailbox = loop.mailbox] in mailbox.postReply(.cancel(id: id)) }
    }

    /// Ends all requests with an error and waits until their takers know. Later requests are refused.
    ///
    /// A lookup that is under way is not waited for.
    public func stop() {
        loop.mailbox.postReply(.stop)
        loop.join()
        hasEnded.store(true, ordering: .sequentiallyConsistent)
        refuseLeftovers()
        lookups.stop()
        answers.stop()
        answers.join()
    }

    /// Answers messages that were posted too late for the loop. The thread that drains a message answers it, so each is
    /// answered once.
    private func refuseLeftovers() {
        for message in loop.mailbox.drain() {
            guard case .send(_, _, let reply) = message else { continue }
            reply(.failure(OutboundError(OutboundFailure.stopped.description)))
        }
    }
}
