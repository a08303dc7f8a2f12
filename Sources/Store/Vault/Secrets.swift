// Secrets of users: their sealed form, and writing them from the command line, on a connection that may wait.

public import Engine
public import Identity
public import Postgres
public import Primitives

extension VaultName {
    /// Seals a secret for this name and its owner.
    func seal(_ secret: String, of owner: UserID, under key: SealingKey) -> [UInt8] {
        SealedBox.seal(Array(secret.utf8), for: place(of: owner), under: key)
    }

    /// The secret in a box of this name and owner.
    func open(_ box: [UInt8], of owner: UserID, under key: SealingKey) throws(SealedBoxError) -> String {
        let bytes = try SealedBox.open(box, for: place(of: owner), under: key)
        guard let secret = String(validating: bytes, as: UTF8.self) else { throw .damaged }
        return secret
    }

    /// The place that a box is sealed for, so that no row's box opens in another. The parts come with their lengths,
    /// because any separator could occur in them.
    private func place(of owner: UserID) -> [UInt8] {
        let parts = ["\(owner)", provider, label].map { "\($0.utf8.count):\($0)" }
        return Array(parts.joined(separator: ",").utf8)
    }
}

/// Writes and lists secrets. Not for loops: every call waits for the database.
public struct Secrets {
    private let connection: BlockingConnection

    /// On a database whose tables are up to date; see `Storage.prepare`.
    public init(_ connection: BlockingConnection) { self.connection = connection }

    /// The key that this installation seals under if the operator has given none.
    public func standardKey() throws(PostgresError) -> SealingKey {
        guard let secret = try ServerSecretName.load(connection)[.vault] else {
            throw PostgresError(.unexpectedReply, detail: "a secret that was just made is not there")
        }
        return SealingKey(secret)
    }

    /// Stores a secret under a name, in the place of an earlier one.
    public func set(
        _ name: VaultName, of owner: UserID, to secret: String, under key: SealingKey
    ) throws(PostgresError) {
        try connection.ask(
            VaultStatements.set, (owner, (name, name.seal(secret, of: owner, under: key))))
    }

    /// The names of a user's secrets, sorted.
    public func names(of owner: UserID) throws(PostgresError) -> [VaultName] {
        try connection.ask(VaultStatements.names, owner)
    }

    /// Forgets a secret. False if there is none of this name.
    public func delete(_ name: VaultName, of owner: UserID) throws(PostgresError) -> Bool {
        try connection.ask(VaultStatements.delete, (owner, name))
    }
}
