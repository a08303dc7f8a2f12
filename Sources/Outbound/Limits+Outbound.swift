// The bounds of this target: requests to other servers.

public import Primitives

extension Limits {
    /// Bytes of an answer's content, unless the operator decides otherwise (spec nodes 6.29).
    public static let outboundResponseBytesMax = 50 * 1024 * 1024
    /// Seconds that a request to another server may take, unless the operator decides otherwise (spec nodes 6.29).
    public static let outboundSecondsMax = 100
    /// Redirects that are followed for one request (spec nodes 6.29).
    static let outboundRedirectsMax = 5
    /// Addresses of one name that are tried, each for at most `outboundConnectMillisecondsMax`.
    static let outboundAddressesMax = 8
    /// Milliseconds until an address that does not answer, or does not finish its handshake, counts as dead.
    static let outboundConnectMillisecondsMax = 10_000
    /// Requests to other servers that are under way, until their answers are taken: each may hold one of the greatest
    /// size.
    static let outboundExchangesMax = 128
    /// Requests that wait for their turn; further ones are refused.
    static let outboundWaitingMax = 4_096
    /// For how long the list of this machine's addresses is good: they change when a network comes or goes.
    static let ownAddressesMilliseconds = 10_000
    /// Threads that look up names: the system's resolver blocks them, and one slow name server must not hold up all.
    static let lookupThreads = 4
    /// Threads that hand over answers, whose takers may have large ones to read.
    static let answerThreads = 2
}
