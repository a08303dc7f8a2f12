// The whole wiring: every owner is built and connected here, started from the inside out, stopped the other way.

public import Dialect
internal import Dispatch
internal import Documents
internal import Engine
internal import Foundation
internal import Identity
internal import Net
internal import Nodes
internal import Outbound
public import Primitives
internal import Store
internal import Web

/// A running daemon. Tests start it in their own process; the executable starts one and waits for a signal.
public final class Daemon: Sendable {
    /// Of this build.
    public static let version = "0.1.0"

    /// The port that clients reach.
    public var port: UInt16 { web.port }
    /// The port at which TLS is spoken beside it; nil if there is none.
    public var tlsPort: UInt16? { web.tlsPort }

    private let folder: DataFolder
    private let postgres: SupervisedPostgres?
    private let storage: Storage
    private let outbound: OutboundLoop
    private let engine: FlowEngine
    private let web: WebServer
    private let certificates: ServedCertificates?
    private let drainTime: Duration
    private let log: Log

    private init(
        folder: DataFolder, postgres: SupervisedPostgres?, storage: Storage, outbound: OutboundLoop,
        engine: FlowEngine, web: WebServer, certificates: ServedCertificates?, drainTime: Duration, log: Log
    ) {
        self.folder = folder
        self.postgres = postgres
        self.storage = storage
        self.outbound = outbound
        self.engine = engine
        self.web = web
        self.certificates = certificates
        self.drainTime = drainTime
        self.log = log
    }

    /// Starts everything and returns when clients can come. Blocks meanwhile.
    ///
    /// - Parameters:
    ///   - dialects: at least one; the last one takes what no other claims.
    ///   - databaseLost: called when the private database has died and cannot be started again. `failure` says why, and
    ///     only `stop` is left to do. Called at most once, on a thread of its own.
    /// - Throws: one sentence for the operator; nothing is left running then.
    public static func start(
        _ configuration: Configuration, log: Log,
        dialects: [DialectRegistration<DialectParts>] = Daemon.dialects,
        databaseLost: @escaping @Sendable () -> Void = {}
    ) throws(StartError) -> Daemon {
        let certificates = try ServedCertificates(configuration, log: log)
        let folder = try DataFolder(configuration.dataFolder)
        var postgres: SupervisedPostgres?
        if configuration.databaseURL == nil {
            postgres = SupervisedPostgres(
                try EmbeddedPostgres.start(in: folder, log: log), log: log, lost: databaseLost)
        }
        do throws(StartError) {
            return try start(configuration, dialects, certificates, folder, postgres, log: log)
        } catch {
            postgres?.stop()
            throw error
        }
    }

    private static func start(
        _ configuration: Configuration, _ dialects: [DialectRegistration<DialectParts>],
        _ certificates: ServedCertificates?, _ folder: DataFolder, _ postgres: SupervisedPostgres?, log: Log
    ) throws(StartError) -> Daemon {
        let database = postgres?.connectionString ?? configuration.databaseURL ?? ""
        let owner = try FirstStart(
            folder: folder, configuration: configuration,
            compiler: FlowDocumentCompiler(registry: NodeLibrary.registry(), digest: Digest.sha256), log: log
        ).run(database)
        let vaultKey = try SecretKeyFile.key(configuration)
        let server = try InstanceID.of(folder)
        let storage: Storage
        do throws(StorageStartError) {
            storage = try Storage.start(
                connectionString: database, server: server, serverVersion: version, vaultKey: vaultKey,
                log: log)
        } catch {
            throw StartError("storage: \(error)")
        }
        do throws(StartError) {
            return try start(
                configuration, dialects, certificates, folder, postgres, storage, database: database,
                owner: owner,
                vaultKey: vaultKey, log: log)
        } catch {
            storage.stop()
            throw error
        }
    }

    private static func start(
        _ configuration: Configuration, _ dialects: [DialectRegistration<DialectParts>],
        _ certificates: ServedCertificates?, _ folder: DataFolder, _ postgres: SupervisedPostgres?,
        _ storage: Storage, database: String,
        owner: UserID, vaultKey: SealingKey?, log: Log
    ) throws(StartError) -> Daemon {
        let outbound = try startOutbound(configuration)
        let address = ServedAddress(configuration)
        let services = NodeServices(
            outbound: outbound, keyValues: storage.keyValues, files: storage.files,
            fileLinks: FileLinks(address, secret: storage.secret(.fileAddress)))
        let compiler = FlowDocumentCompiler(
            registry: NodeLibrary.registry(services), digest: Digest.sha256)
        let cores = ProcessInfo.processInfo.activeProcessorCount
        var tracks = TrackTable()
        let makers = dialects.map { $0.register(in: &tracks) }
        let engine = FlowEngine(
            laneCount: configuration.laneCount ?? cores, workers: configuration.nodeWorkerCount ?? 4 * cores,
            awaitsClaim: true, ports: EnginePorts(storage, compiler, tracks, address, log))
        storage.takeUpClaimedRuns { news in
            switch news {
            case .claimed(let runs, let isFirst): engine.resume(runs, isFirst: isFirst)
            case .failed: engine.claimFailed()
            }
        }
        storage.hearOtherServers { engine.hear($0) }
        postgres?.whenBack { storage.databaseIsBack() }
        do throws(StartError) {
            let parts = DialectParts(
                engine: engine, storage: storage, configuration: configuration,
                transfer: TransferDesk(
                    database: database, key: vaultKey ?? SealingKey(storage.secret(.vault)), owner: owner,
                    serviceKey: configuration.serviceKey, isReady: { storage.isReady }, log: log),
                tokenSecret: try TokenSecretFile.secret(configuration)
                    ?? storage.secret(.signedToken).secret)
            let web = try startWeb(parts, makers.map { $0(parts) }, certificates, cores, log)
            address.listening(on: SocketAddress(host: configuration.listen.host, port: web.port))
            certificates?.watch()
            return Daemon(
                folder: folder, postgres: postgres, storage: storage, outbound: outbound, engine: engine,
                web: web, certificates: certificates, drainTime: configuration.drainTime, log: log)
        } catch {
            outbound.stop()
            throw error
        }
    }

    private static func startOutbound(_ configuration: Configuration) throws(StartError) -> OutboundLoop {
        do {
            return try OutboundLoop.start(
                OutboundSettings(
                    policy: AddressPolicy(allowed: configuration.outboundAllowed),
                    responseBytesMax: configuration.outboundResponseBytesMax,
                    secondsMax: configuration.outboundSecondsMax))
        } catch {
            throw StartError("requests to other servers: \(error)")
        }
    }

    private static func startWeb(
        _ parts: DialectParts, _ dialects: [any Dialect], _ certificates: ServedCertificates?, _ cores: Int,
        _ log: Log
    ) throws(StartError) -> WebServer {
        let configuration = parts.configuration
        var settings = WebSettings(
            address: configuration.listen, loopCount: configuration.webLoopCount ?? cores,
            publicURL: configuration.publicURL,
            origins: OriginPolicy(configuration.corsOrigins, publicURL: configuration.publicURL))
        settings.proxies = TrustedProxies(configuration.trustedProxies)
        settings.tls = certificates?.context
        settings.tlsAddress = configuration.tlsListen
        let services = WebServices(
            engine: parts.engine, dialects: dialects,
            verifier: CredentialVerifier(
                serverSecret: parts.storage.secret(.runToken), tokenSecret: parts.tokenSecret),
            users: parts.storage.users, clock: .system, log: log)
        do {
            return try WebServer(settings, services)
        } catch {
            let addresses = [configuration.listen, configuration.tlsListen].compactMap { $0?.description }
            throw StartError("cannot listen on \(addresses.joined(separator: " and ")): \(error)")
        }
    }

    /// Reads the files of certificates again, if there are any; connections stay. Waits for nothing.
    public func reloadCertificates() { certificates?.reload() }

    /// Why this daemon cannot go on, if it cannot.
    public var failure: StartError? { postgres?.failure }

    /// Stops everything, the outside first, and releases the data folder. Blocks until the end of every run is durable
    /// and every thread has ended, at most for the drain time and `Limits.stopBeyondDrainMilliseconds`. The log says
    /// what was cut short.
    public func stop() {
        log.info("daemon", "stopping")
        let budget = StopBudget(drainTime: drainTime)
        // From here on the private Postgres is not started any more.
        postgres?.beginStopping()
        certificates?.stop()
        web.stopListening()
        waitForRuns(budget)
        web.stop()
        outbound.stop()
        let standsStill = storage.standsStill
        let reserve = postgres == nil ? 0 : Limits.stopPostgresMilliseconds
        storage.stop(
            withinMilliseconds: standsStill
                ? Limits.stopBriefMilliseconds
                : budget.milliseconds(keeping: reserve, atMost: Limits.storageStopMillisecondsMax))
        // The last second is for a second order to stop. A server that stands still will hardly obey the first.
        let rest = budget.milliseconds(
            keeping: 1_000, atMost: standsStill ? Limits.stopPostgresMilliseconds : .max)
        postgres?.stop(withinMilliseconds: max(Limits.stopBriefMilliseconds, rest))
        folder.unlock()
        log.info("daemon", "stopped")
    }

    /// Waits until the engine has ended its runs and their ends are written down. When the time is over the engine ends
    /// the runs that are left. If storage takes nothing, this is not awaited.
    private func waitForRuns(_ budget: StopBudget) {
        let drained = DispatchSemaphore(value: 0)
        engine.drain(within: drainTime) { drained.signal() }
        let clock = Clock.system
        var stillSince: Int64?
        while drained.wait(timeout: .now() + .milliseconds(Limits.stopLookMilliseconds)) == .timedOut {
            guard budget.milliseconds(keeping: Limits.stopAfterRunsMilliseconds) > 0 else {
                return log.error(
                    "daemon",
                    "runs did not end in time; the next start takes them up or marks them as crashed")
            }
            guard storage.standsStill else {
                stillSince = nil
                continue
            }
            let now = clock.steady()
            let since = stillSince ?? now
            stillSince = since
            if now - since >= Int64(Limits.stopStandstillMilliseconds) * 1_000_000 {
                return log.error(
                    "daemon",
                    "runs are not waited for, as the database does not take their ends; the next start takes them up or marks them as crashed"
                )
            }
        }
    }
}
