// Makes an empty database usable: the owner, the owner's API key, the example flows. Does nothing the second time.

internal import Documents
internal import Foundation
internal import Identity
internal import Postgres
internal import Primitives
internal import Store

/// Brings tables, owner, key and example flows into being. Blocks; before anything else runs.
///
/// Files are written before the rows that depend on them, so that an interrupted first start is finished by the next.
struct FirstStart {
    private static let keyPairFile = "owner-keypair.json"
    private static let apiKeyFile = "owner-api-key"

    let folder: DataFolder
    let configuration: Configuration
    let compiler: FlowDocumentCompiler
    let log: Log

    /// Returns the owner.
    func run(_ database: String) throws(StartError) -> UserID {
        let connection: BlockingConnection
        do throws(StorageStartError) {
            connection = try Storage.prepare(database, log: log)
        } catch {
            throw StartError("storage: \(error)")
        }
        let accounts = Accounts(connection)
        let owner = try makeOwner(accounts)
        try makeKey(accounts, owner)
        let flowCount = try StartError.fromStorage { () throws(PostgresError) in try accounts.counts().flows }
        if flowCount == 0 { try importExamples(FlowImports(connection), owner) }
        return owner
    }

    private func makeOwner(_ accounts: Accounts) throws(StartError) -> UserID {
        let known = try StartError.fromStorage { () throws(PostgresError) in try accounts.owner() }
        if let known { return known.user }
        let key: PublicKey
        if let configured = configuration.ownerPublicKey {
            key = configured
        } else {
            key = try ownKeyPair().publicKey
        }
        let owner = try StartError.fromStorage { () throws(PostgresError) in
            try accounts.createUser(key, name: "owner", isAdministrator: true)
        }
        log.info("daemon", "created the owner", LogField("user", owner), LogField("public_key", key))
        return owner
    }

    private func ownKeyPair() throws(StartError) -> Ed25519KeyPair {
        if let text = try folder.read(FirstStart.keyPairFile) {
            do throws(KeyFileError) {
                return try Ed25519KeyPair(keyFile: Array(text.utf8))
            } catch {
                throw StartError("\(folder.file(FirstStart.keyPairFile)): \(error)")
            }
        }
        let pair = Ed25519KeyPair()
        try folder.writeSecret(FirstStart.keyPairFile, String(decoding: pair.keyFile, as: UTF8.self) + "\n")
        return pair
    }

    private func makeKey(_ accounts: Accounts, _ owner: UserID) throws(StartError) {
        if let given = configuration.ownerAPIKey {
            // The name differs each time, so that a new key in the environment works beside the old ones.
            let isNew = try store(given, accounts, owner, name: "environment \(given.trimmed)")
            if isNew { log.info("daemon", "stored the API key of FLOWD_OWNER_API_KEY") }
            return
        }
        let count = try StartError.fromStorage { () throws(PostgresError) in try accounts.counts().apiKeys }
        guard count == 0 else { return }
        let key = try ownKey()
        _ = try store(key, accounts, owner, name: "owner")
        log.info("daemon", "made the owner's API key", LogField("file", folder.file(FirstStart.apiKeyFile)))
    }

    private func store(
        _ key: APIKey, _ accounts: Accounts, _ owner: UserID, name: String
    ) throws(StartError) -> Bool {
        try StartError.fromStorage { () throws(PostgresError) in
            try accounts.createAPIKey(key, of: owner, name: name)
        }
    }

    private func ownKey() throws(StartError) -> APIKey {
        if let text = try folder.read(FirstStart.apiKeyFile),
            let key = APIKey(text.trimmingCharacters(in: .whitespacesAndNewlines))
        {
            return key
        }
        let key = APIKey()
        try folder.writeSecret(FirstStart.apiKeyFile, key.text + "\n")
        return key
    }

    private func importExamples(_ imports: FlowImports, _ owner: UserID) throws(StartError) {
        guard let path = configuration.flowsFolder ?? FirstStart.examplesFolder else {
            log.warning("daemon", "no example flows found; set flows to their folder")
            return
        }
        let files = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
        let importer = FlowImporter(imports: imports, compiler: compiler)
        for file in files where file.hasSuffix(".json") {
            let flow = try importer.importFile(path + "/" + file, of: owner, keepsNumber: true)
            log.info(
                "daemon", "imported an example flow", LogField("flow", flow.number), LogField("file", file))
            for lack in flow.lacks {
                log.warning(
                    "daemon", "an example flow cannot run", LogField("flow", flow.number),
                    LogField("reason", lack))
            }
        }
    }

    /// Where the flows that come with flowd are: beside the sources it was built from, or where a package puts them.
    private static var examplesFolder: String? {
        var folders = ["/usr/share/flowd/flows", "/usr/local/share/flowd/flows"]
        if let program = Bundle.main.executableURL?.resolvingSymlinksInPath() {
            // Built by Swift, the program lies in .build/TRIPLE/CONFIGURATION of the repository.
            var folder = program.deletingLastPathComponent()
            for _ in 0..<4 {
                folders.insert(folder.appending(path: "Config/flows").path, at: 0)
                folder = folder.deletingLastPathComponent()
            }
        }
        return folders.first { FileManager.default.fileExists(atPath: $0 + "/1-add.json") }
    }
}
