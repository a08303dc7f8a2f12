// A notification from a session of the database to the sessions that listen.

/// One notification (manual, NOTIFY). Whoever may connect can send any text.
public struct PostgresNotification: Hashable, Sendable {
    public let channel: String
    /// Fewer than 8,000 bytes; what is not UTF-8 is replaced.
    public let payload: String

    public init(channel: String, payload: String) {
        self.channel = channel
        self.payload = payload
    }
}
