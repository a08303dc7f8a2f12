// The commands about secrets of users, beside a daemon or without one.

internal import Engine
internal import Foundation
internal import Identity
internal import Postgres
internal import Primitives
internal import Store

/// Stores, lists and forgets secrets. Blocks. A running daemon reads them at the next start of a run.
struct SecretCommands {
    private let secrets: Secrets

    init(_ connection: BlockingConnection) { secrets = Secrets(connection) }

    /// Reads a secret from standard input, without the end of its last line. Arguments are visible to everybody.
    static func readSecret() throws(StartError) -> String {
        let bytes: Data
        do {
            // One byte more than allowed, and the end of a line.
            bytes = try FileHandle.standardInput.read(upToCount: Limits.vaultSecretBytesMax + 3) ?? Data()
        } catch {
            throw StartError("the secret cannot be read: \(error.localizedDescription)")
        }
        guard var text = String(validating: bytes, as: UTF8.self) else {
            throw StartError("a secret is a text in UTF-8")
        }
        if text.last?.isNewline == true { text.removeLast() }
        guard !text.isEmpty else {
            throw StartError("a secret is read from standard input, and there was none")
        }
        guard text.utf8.count <= Limits.vaultSecretBytesMax else {
            throw StartError("a secret has at most \(Limits.vaultSecretBytesMax) bytes")
        }
        return text
    }

    func set(
        _ name: VaultName, of owner: UserID, to secret: String, _ configuration: Configuration
    ) throws(StartError) {
        let given = try SecretKeyFile.key(configuration)
        try StartError.fromStorage { () throws(PostgresError) in
            let key = if let given { given } else { try secrets.standardKey() }
            try secrets.set(name, of: owner, to: secret, under: key)
        }
    }

    /// The names as documents refer to them.
    func names(of owner: UserID) throws(StartError) -> [String] {
        try StartError.fromStorage { () throws(PostgresError) in try secrets.names(of: owner) }.map {
            "\($0.provider)/\($0.label)"
        }
    }

    func delete(_ name: VaultName, of owner: UserID) throws(StartError) {
        let wasThere = try StartError.fromStorage { () throws(PostgresError) in
            try secrets.delete(name, of: owner)
        }
        guard wasThere else { throw StartError("there is no secret of this name") }
    }
}
