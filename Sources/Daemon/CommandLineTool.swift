// The executable's work: reads the arguments and the configuration, and carries one command out.

internal import Documents
internal import Foundation
internal import Identity
internal import Net
internal import Nodes
internal import Postgres
internal import Primitives
internal import Store

/// The program `flowd`.
public enum CommandLineTool {
    /// Carries out what the arguments behind the program's name ask for. Returns the exit status: 0 when it was done,
    /// 1 when it could not be, 2 when the arguments or the configuration are wrong, 3 when the private Postgres has died and
    /// cannot be started again.
    public static func run(_ arguments: [String], environment: [String: String]) -> Int32 {
        let invocation: Invocation
        do throws(UsageError) {
            invocation = try Invocation(arguments)
        } catch {
            complain("\(error)\nTry: flowd help")
            return 2
        }
        switch invocation.command {
        case .version:
            print("flowd \(Daemon.version)")
            return 0
        case .help:
            print(Invocation.help)
            return 0
        case .nodes(let asJSON):
            print(NodeListing.text(of: NodeLibrary.kinds(.unavailable), asJSON: asJSON))
            return 0
        default: break
        }
        let configuration: Configuration
        do {
            configuration = try readConfiguration(invocation, environment)
        } catch {
            complain("\(error)")
            return 2
        }
        do throws(StartError) {
            try carryOut(invocation.command, configuration)
            return 0
        } catch {
            complain("flowd: \(error)")
            return error.exitStatus
        }
    }

    private static func readConfiguration(
        _ invocation: Invocation, _ environment: [String: String]
    ) throws -> Configuration {
        var file: ConfigurationFile?
        if let path = invocation.configurationFile ?? environment["FLOWD_CONFIG"] {
            guard let bytes = FileManager.default.contents(atPath: path) else {
                throw StartError("flowd: the configuration \(path) cannot be read")
            }
            file = ConfigurationFile(name: path, content: Array(bytes))
        }
        return try Configuration(file: file, environment: environment, flags: invocation.flags)
    }

    private static func carryOut(_ command: Command, _ configuration: Configuration) throws(StartError) {
        switch command {
        case .version, .help, .nodes: break
        case .checkConfiguration:
            print(configuration.summary)
            _ = try CertificateFiles(configuration)?.read(tickets: TLSTicketKeys())
        case .selfSigned(let name): print(try SelfSignedCommand.run(name, configuration))
        case .serve: try serve(configuration)
        case .healthCheck:
            do throws(HealthError) {
                try HealthProbe.ask(
                    daemonListeningAt: configuration.listen, withTLS: configuration.listensWithTLS)
            } catch {
                throw StartError("\(error)")
            }
        case .importFlow(let file, let user):
            try withDatabase(configuration) { connection throws(StartError) in
                let importer = FlowImporter(
                    imports: FlowImports(connection),
                    compiler: FlowDocumentCompiler(registry: NodeLibrary.registry(), digest: Digest.sha256))
                let flow = try importer.importFile(file, of: find(user, connection))
                print(flow.number)
                guard !flow.lacks.isEmpty else { return }
                complain("flow \(flow.number) is stored, but this server cannot run it:")
                for lack in flow.lacks { complain("  \(lack)") }
            }
        case .importExport(let path):
            let file = try TransferCommands.read(path)
            let secrets = try TransferCommands.secrets(of: file)
            try withDatabase(configuration) { connection throws(StartError) in
                print(try TransferCommands(connection, configuration).importFile(file, secrets))
            }
        case .export(let path, let user):
            try export(to: path, user, configuration)
        case .createUser(let key):
            try withDatabase(configuration) { connection throws(StartError) in
                try createUser(key, connection)
            }
        case .createKey(let name, let user):
            try withDatabase(configuration) { connection throws(StartError) in
                let key = APIKey()
                let owner = try find(user, connection)
                let isNew = try StartError.fromStorage { () throws(PostgresError) in
                    try Accounts(connection).createAPIKey(key, of: owner, name: name)
                }
                guard isNew else { throw StartError("there is an API key of this name already") }
                print(key.text)
            }
        case .setSecret(let name, let user):
            let secret = try SecretCommands.readSecret()
            try withDatabase(configuration) { connection throws(StartError) in
                try SecretCommands(connection).set(
                    name, of: find(user, connection), to: secret, configuration)
            }
        case .listSecrets(let user):
            try withDatabase(configuration) { connection throws(StartError) in
                for name in try SecretCommands(connection).names(of: find(user, connection)) { print(name) }
            }
        case .deleteSecret(let name, let user):
            try withDatabase(configuration) { connection throws(StartError) in
                try SecretCommands(connection).delete(name, of: find(user, connection))
            }
        }
    }

    private static func serve(_ configuration: Configuration) throws(StartError) {
        var signals = Signals(takesHangUp: !configuration.tlsCertificateFiles.isEmpty)
        _ = DescriptorLimit.raised()
        let writer = LogWriter()
        let log = Log(level: configuration.logLevel, sink: { writer.write($0) })
        defer { writer.flush() }
        log.info("daemon", "starting", LogField("version", Daemon.version))
        let start = DaemonStart(configuration, log: log, databaseLost: { Signals.askToStop() })
        let (daemon, earlySignal) = try start.wait(&signals)
        let scheme = configuration.listensWithTLS ? "https" : "http"
        log.info(
            "daemon", "listening", LogField("url", "\(scheme)://\(configuration.listen.host):\(daemon.port)"),
            LogField("data", configuration.dataFolder))
        if let address = configuration.tlsListen, let port = daemon.tlsPort {
            log.info(
                "daemon", "listening with TLS",
                LogField("url", "https://\(SocketAddress(host: address.host, port: port))"))
        }
        let signal = earlySignal ?? signals.waitForStop(hungUp: { daemon.reloadCertificates() })
        signals.stopWaiting()
        if daemon.failure == nil { log.info("daemon", "told to stop", LogField("signal", signal)) }
        daemon.stop()
        if let failure = daemon.failure { throw failure }
    }

    // MARK: Commands beside the daemon

    /// Gives a command the database: the configured one, the private one of a daemon that runs, or the private one
    /// started for the moment.
    private static func withDatabase(
        _ configuration: Configuration, _ body: (BlockingConnection) throws(StartError) -> Void
    ) throws(StartError) {
        let log = Log(level: .warning, sink: { complain(String(decoding: $0.dropLast(), as: UTF8.self)) })
        if let url = configuration.databaseURL { return try body(connect(url, log)) }
        if let running = EmbeddedPostgres.running(inDataFolder: configuration.dataFolder) {
            return try body(connect(running, log))
        }
        let folder = try DataFolder(configuration.dataFolder)
        let postgres = try EmbeddedPostgres.start(in: folder, log: log)
        defer { postgres.stop() }
        try body(connect(postgres.connectionString, log))
    }

    private static func connect(_ database: String, _ log: Log) throws(StartError) -> BlockingConnection {
        do throws(StorageStartError) {
            return try Storage.prepare(database, log: log)
        } catch {
            throw StartError("storage: \(error)")
        }
    }

    private static func find(_ key: PublicKey?, _ connection: BlockingConnection) throws(StartError) -> UserID
    {
        let accounts = Accounts(connection)
        let user = try StartError.fromStorage { () throws(PostgresError) in
            if let key { try accounts.user(key) } else { try accounts.owner()?.user }
        }
        guard let user else {
            throw StartError(
                key == nil
                    ? "there is no owner yet; start the daemon once" : "there is no user with this public key"
            )
        }
        return user
    }

    /// The file is made first, so that an impossible name is reported before anything is read. If there is nothing to
    /// put into it, it is deleted again.
    private static func export(
        to path: String, _ user: PublicKey?, _ configuration: Configuration
    ) throws(StartError) {
        let file = try TransferCommands.create(path)
        do throws(StartError) {
            let passphrase = try TransferCommands.readPassphrase()
            try withDatabase(configuration) { connection throws(StartError) in
                let bytes = try TransferCommands(connection, configuration)
                    .export(find(user, connection), passphrase, note: complain)
                do {
                    try file.write(contentsOf: Data(bytes))
                    try file.synchronize()
                } catch {
                    throw StartError("\(path) cannot be written: \(error.localizedDescription)")
                }
            }
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
    }

    private static func createUser(_ key: PublicKey?, _ connection: BlockingConnection) throws(StartError) {
        let pair = Ed25519KeyPair()
        let publicKey = key ?? pair.publicKey
        let user = try StartError.fromStorage { () throws(PostgresError) in
            try Accounts(connection).createUser(publicKey)
        }
        print("user \(user)\npublic_key \(publicKey)")
        if key == nil { print("keypair \(String(decoding: pair.keyFile, as: UTF8.self))") }
    }

    private static func complain(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
