// An answer that is a stream of a run's events, for clients without a socket.

public import Wire

/// The events of a run as the content of one HTTP answer. It begins with the next turn of the connection's loop and ends
/// behind the run's last event; an answer that is cut before that has no end in its coding, so its reader knows.
public struct EventStream: Sendable {
    /// The fields of the answer but those that the web server puts.
    public let headers: HTTPHeaders
    public let order: SubscriptionOrder
    /// The first content, so that a client knows at once that it is watching.
    public let opening: [UInt8]
    /// What is sent every `Limits.streamHeartbeatMilliseconds`; empty for nothing.
    public let heartbeat: [UInt8]
    /// The last content if the server stops before the run has ended.
    public let farewell: [UInt8]

    public init(
        headers: HTTPHeaders, order: SubscriptionOrder, opening: [UInt8] = [], heartbeat: [UInt8] = [],
        farewell: [UInt8] = []
    ) {
        self.headers = headers
        self.order = order
        self.opening = opening
        self.heartbeat = heartbeat
        self.farewell = farewell
    }
}
