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
    /// Authenticates the tokens in addresses of files.
    case fileAddress = "file-address"
    /// Makes each refresh token of a session from the one before.
    case refreshToken = "refresh-token"
}

/// What is asked about the secrets of an installation.
enum ServerSecretStatements {
    static let all: [any ListedStatement] = [keep, find]

    /// Stores a secret, unless there is one.
    static let keep = Statement<(name: ServerSecretName, secret: ServerSecret), Void>(
        waiting: "server_secret_keep"
    ) { q in
        let name = q.parameter(.text) { $0.name.rawValue }
        let secret = q.parameter(.bytea) { $0.secret.secret.bytes }
        return q.effect(
            """
            INSERT INTO server_secrets (name, secret) VALUES (\(name), \(secret)) ON CONFLICT (name) DO NOTHING
            """)
    }

    static let find = Statement<ServerSecretName, ServerSecret>(waiting: "server_secret_find") { q in
        let name = q.parameter(.text) { $0.rawValue }
        let secret = q.column("secret", .bytea)
        return q.one("SELECT \(q.columns) FROM server_secrets WHERE name = \(name)") {
            row throws(PostgresError) in
            guard let secret = ServerSecret(bytes: try row[secret]) else {
                throw PostgresError(.unexpectedReply, detail: "a stored secret is not of 32 bytes")
            }
            return secret
        }
    }
}

extension ServerSecretName {
    /// Loads all secrets and makes the missing ones. If several processes make one at once, the first one is kept.
    static func load(_ connection: BlockingConnection) throws(PostgresError) -> [ServerSecretName:
        ServerSecret]
    {
        var secrets: [ServerSecretName: ServerSecret] = [:]
        for name in allCases {
            try connection.ask(ServerSecretStatements.keep, (name, .random()))
            secrets[name] = try connection.ask(ServerSecretStatements.find, name)
        }
        return secrets
    }
}
