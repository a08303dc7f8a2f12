// The executor of a server that sends nothing to a chain.

public import Engine

extension NoActExecutor {
    /// Sends no transactions and builds none.
    public static var sendingNothing: NoActExecutor {
        NoActExecutor("this server does not send transactions")
    }
}
