// Users and their API keys: made at first start and from the command line, on a connection that may wait.

public import Identity
public import Postgres
public import Primitives

/// Writes people. Not for loops: every call waits for the database.
public struct Accounts {
    private let connection: BlockingConnection

    /// On a database whose tables are up to date; see `Storage.prepare`.
    public init(_ connection: BlockingConnection) { self.connection = connection }

    /// Makes the user with this key, or finds the user if there is one already.
    public func createUser(_ key: PublicKey, name: String = "", isAdministrator: Bool = false)
        throws(PostgresError) -> UserID
    {
        try connection.ask(UserStatements.create, (UserID(.random()), key, name, isAdministrator))
        guard let user = try user(key) else {
            throw PostgresError(.unexpectedReply, detail: "a user that was just made is not there")
        }
        return user
    }

    /// The user with this key, if there is one.
    public func user(_ key: PublicKey) throws(PostgresError) -> UserID? {
        try connection.ask(UserStatements.byPublicKey, key)?.user
    }

    /// The owner of this installation: the first administrator.
    public func owner() throws(PostgresError) -> KnownUser? {
        try connection.ask(UserStatements.administrator, ())
    }

    /// Stores an API key of a user under a name. False if the user has one of that name, or the key is stored already.
    public func createAPIKey(_ key: APIKey, of user: UserID, name: String) throws(PostgresError) -> Bool {
        try connection.ask(APIKeyStatements.add, (key, name, user))
    }

    /// Whether an API key is stored, and whose it is.
    public func owner(of key: APIKeyHash) throws(PostgresError) -> UserID? {
        try connection.ask(APIKeyStatements.owner, key)
    }

    /// How many users, API keys and flows there are.
    public func counts() throws(PostgresError) -> (users: Int, apiKeys: Int, flows: Int) {
        try connection.ask(UserStatements.counts, ())
    }
}
