// The random secrets of an installation, made at its first start and kept in the database, so that all processes
// of one database share them.

internal import Identity
internal import Postgres

/// What a secret is for.
public enum ServerSecretName: String, Sendable, CaseIterable {
    /// Authenticates the tokens of runs.
    case runToken = "run-token"
    /// Makes the addresses under which running flows take values.
    case inputAddress = "input-address"
    /// Seals the secrets of users, unless the operator has given a key for that. A reader of the whole database can
    /// read it too: it protects copies of single tables only.
    case vault = "vault"
    /// Signs the tokens of sessions, unless the operator has given a secret that another service signs with, too.
    case signedToken = "signed-token"
    /// Authenticates the challenges that wallets sign to log in.
    case login = "login"
    /// Makes each refresh token of a session from the one before.
    case refreshToken = "refresh-token"
}

extension ServerSecretName {
    /// Loads all secrets and makes the missing ones. If several processes make one at once, the first one is kept.
    static func load(_ connection: BlockingConnection) throws(PostgresError) -> [ServerSecretName:
        ServerSecret]
    {
        var secrets: [ServerSecretName: ServerSecret] = [:]
        for name in allCases {
            try connection.run(
                "INSERT INTO server_secrets (name, secret) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
                [.text, .bytea], [.text(name.rawValue), .bytea(ServerSecret.random().secret.bytes)])
            let rows = try connection.run(
                "SELECT secret FROM server_secrets WHERE name = $1", [.text], [.text(name.rawValue)])
            guard rows.count > 0, let secret = ServerSecret(bytes: try rows[0].bytes(0)) else {
                throw PostgresError(.unexpectedReply, detail: "a stored secret is not of 32 bytes")
            }
            secrets[name] = secret
        }
        return secrets
    }
}
