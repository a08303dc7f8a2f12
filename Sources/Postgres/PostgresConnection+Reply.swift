// What a connection says.

extension PostgresConnection {
    /// What a connection attempt waits for.
    public enum ConnectProgress: Hashable, Sendable {
        case awaitingRead, awaitingWrite, connected
    }

    /// One thing that the server said.
    public enum Reply {
        /// Nothing complete has arrived yet.
        case pending
        /// Rows, or none for a command that gives none, with the number of rows it changed.
        case rows(PostgresRows, changed: Int)
        /// The statement was refused.
        case refused(PostgresError)
        /// The statement was skipped after a refused one (pipeline mode).
        case skipped
        /// The server awaits COPY data.
        case copyInvited
        /// Nothing more comes for the current statement.
        case end
        /// A sync point was reached (pipeline mode).
        case synced
    }
}
