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
        try connection.run(
            """
            WITH made AS (
                INSERT INTO users (id, pub_key, username, role) VALUES ($1, $2, $3, $4)
                ON CONFLICT (pub_key) DO NOTHING RETURNING id, pub_key
            )
            INSERT INTO wallets (user_id, public_key, name, verified_at)
            SELECT id, pub_key, 'Main wallet', now() FROM made
            """,
            [.uuid, .text, .text, .text],
            [
                .uuid(.random()), .text(key.text), .text(name), .text(isAdministrator ? "admin" : "user"),
            ])
        guard let user = try user(key) else {
            throw PostgresError(.unexpectedReply, detail: "a user that was just made is not there")
        }
        return user
    }

    /// The user with this key, if there is one.
    public func user(_ key: PublicKey) throws(PostgresError) -> UserID? {
        let rows = try connection.run("SELECT id FROM users WHERE pub_key = $1", [.text], [.text(key.text)])
        return rows.count > 0 ? UserID(try rows[0].uuid(0)) : nil
    }

    /// The owner of this installation: the first administrator.
    public func owner() throws(PostgresError) -> KnownUser? {
        let rows = try connection.run(
            "SELECT id, pub_key FROM users WHERE role = 'admin' AND disabled_at IS NULL ORDER BY created_at, id LIMIT 1"
        )
        return try UserRows.known(rows)
    }

    /// Stores an API key of a user under a name. False if the user has one of that name, or the key is stored already.
    public func createAPIKey(_ key: APIKey, of user: UserID, name: String) throws(PostgresError) -> Bool {
        let rows = try connection.run(
            """
            INSERT INTO apikeys (key_hash, user_id, name, trimmed_key) VALUES ($1, $2, $3, $4)
            ON CONFLICT DO NOTHING RETURNING user_id
            """,
            [.text, .uuid, .text, .text],
            [.text(key.hash.text), .uuid(user.id), .text(name), .text(key.trimmed)])
        return rows.count > 0
    }

    /// Whether an API key is stored, and whose it is.
    public func owner(of key: APIKeyHash) throws(PostgresError) -> UserID? {
        let rows = try connection.run(
            "SELECT user_id FROM apikeys WHERE key_hash = $1", [.text], [.text(key.text)])
        return rows.count > 0 ? UserID(try rows[0].uuid(0)) : nil
    }

    /// How many users, API keys and flows there are.
    public func counts() throws(PostgresError) -> (users: Int, apiKeys: Int, flows: Int) {
        let row = try connection.run(
            "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM apikeys), (SELECT count(*) FROM flows)"
        )[0]
        return (Int(try row.bigint(0)), Int(try row.bigint(1)), Int(try row.bigint(2)))
    }
}
