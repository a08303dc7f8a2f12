// One connection of the storage loop, from its first attempt to its loss and the next attempt. Owned by a
// session that gives it a role; stays on the storage loop.

internal import Net
internal import Postgres
internal import Primitives

/// Connects, prepares the statements of its role, and reconnects by itself after a loss.
final class DatabaseSession {
    /// What its owner must know.
    enum Event {
        /// Everything is prepared, for the first time or again after a loss. In pipeline mode if the role asks for it.
        case ready(isBack: Bool)
        /// The connection is gone, or another attempt has failed. A further one follows by itself.
        case lost(PostgresError, isNew: Bool)
    }

    /// What a connection is used for.
    struct Role: Sendable {
        let name: String
        /// Statements that set the session up.
        let setUp: String
        let statements: [PostgresStatement]
        /// Whether it stays in pipeline mode.
        let pipelines: Bool
        /// Of the descriptor and of the one timer.
        let token: StorageToken
    }

    private enum Phase {
        /// Until the timer is due.
        case away
        /// The names of its hosts are looked up.
        case resolving(ConnectionTarget)
        case connecting
        case awaitingSettings
        case awaitingStatements
        case ready
    }

    private let role: Role
    private let database: DatabaseAddress
    private var phase = Phase.away
    private var pause = ReconnectPause()
    private var current: PostgresConnection?
    private var watched: Int32 = -1
    private var interest: Readiness = []
    /// The connection was lost and is not back. At first it is merely not there yet.
    private(set) var isAway = false

    init(_ role: Role, database: DatabaseAddress) {
        self.role = role
        self.database = database
    }

    /// The connection, once everything is prepared.
    var connection: PostgresConnection? {
        if case .ready = phase { current } else { nil }
    }

    /// Begins an attempt. Also called when the session's timer is due.
    func due(on loop: inout LoopContext) -> Event? {
        guard case .away = phase else {
            if case .ready = phase { return nil }
            return lose(PostgresError(.connection, detail: "the server does not answer"), on: &loop)
        }
        loop.setTimer(role.token, milliseconds: Limits.connectMillisecondsMax)
        do {
            let target = ConnectionTarget(database.connectionString)
            guard target.names.isEmpty else {
                phase = .resolving(target)
                try database.lookup.find(target.names, for: role.token) { [database, token = role.token] in
                    database.found(token)
                }
                return nil
            }
            try connect([], on: &loop)
            return nil
        } catch {
            return lose(DatabaseSession.reason(error), on: &loop)
        }
    }

    /// The descriptor is ready, or addresses were found. Gives nil when the session was ready before: then its owner reads
    /// and writes.
    func advance(on loop: inout LoopContext) -> Event? {
        do {
            switch (phase, current) {
            case (.resolving(let target), _):
                guard let addresses = database.lookup.take(role.token) else { return nil }
                guard let settings = target.settings(with: addresses) else { throw target.unknownNames }
                try connect(settings, on: &loop)
                return nil
            case (.connecting, let current?): return try goOnConnecting(current, on: &loop)
            case (.awaitingSettings, let current?), (.awaitingStatements, let current?):
                return try goOnSettingUp(current, on: &loop)
            case (.away, _), (.ready, _), (_, nil): return nil
            }
        } catch {
            return lose(DatabaseSession.reason(error), on: &loop)
        }
    }

    /// Sends what waits, and watches for room if not all of it went.
    func flush(on loop: inout LoopContext) throws {
        guard let current else { return }
        try watch(for: try current.flush() ? .readable : [.readable, .writable], on: &loop)
    }

    /// The database is known to be back: if the next attempt waits for its time, it is made now.
    func hurry(on loop: inout LoopContext) {
        guard case .away = phase else { return }
        pause.reset()
        loop.setTimer(role.token, milliseconds: 0)
    }

    /// Gives the connection up and arms the timer for the next attempt.
    func lose(_ error: PostgresError, on loop: inout LoopContext) -> Event {
        close(on: &loop)
        loop.setTimer(role.token, milliseconds: pause.next())
        defer { isAway = true }
        return .lost(error, isNew: !isAway)
    }

    /// Closes for good.
    func close(on loop: inout LoopContext) {
        if watched >= 0 { loop.forget(watched) }
        watched = -1
        interest = []
        current = nil
        phase = .away
        loop.cancelTimer(role.token)
    }

    /// The error that a call threw, as an error of the connection.
    static func reason(_ error: any Error) -> PostgresError {
        (error as? PostgresError) ?? PostgresError(.connection, detail: "\(error)")
    }

    private func connect(_ settings: [ConnectionSetting], on loop: inout LoopContext) throws {
        current = try PostgresConnection(
            database.connectionString, overrides: settings, applicationName: "flowd \(role.name)")
        phase = .connecting
        try watch(for: .writable, on: &loop)
    }

    private func goOnConnecting(_ connection: PostgresConnection, on loop: inout LoopContext) throws -> Event?
    {
        // The library may open another socket for another address, perhaps under the same number.
        loop.forget(watched)
        interest = []
        switch try connection.advanceConnecting() {
        case .awaitingRead: try watch(for: .readable, on: &loop)
        case .awaitingWrite: try watch(for: .writable, on: &loop)
        case .connected:
            try connection.send(script: role.setUp)
            phase = .awaitingSettings
            try flush(on: &loop)
        }
        return nil
    }

    private func goOnSettingUp(_ connection: PostgresConnection, on loop: inout LoopContext) throws -> Event?
    {
        try connection.consume()
        while true {
            switch (phase, try connection.nextReply()) {
            case (_, .pending):
                try flush(on: &loop)
                return nil
            case (.awaitingSettings, .end):
                try connection.enterPipeline()
                for statement in role.statements { try connection.sendPrepare(statement) }
                try connection.sendSyncPoint()
                phase = .awaitingStatements
            case (.awaitingStatements, .synced):
                if !role.pipelines { try connection.exitPipeline() }
                phase = .ready
                pause.reset()
                loop.cancelTimer(role.token)
                try flush(on: &loop)
                defer { isAway = false }
                return .ready(isBack: isAway)
            case (_, .refused(let error)):
                throw error
            case (_, .rows), (_, .end), (_, .skipped), (_, .copyInvited), (_, .synced):
                continue
            }
        }
    }

    private func watch(for wanted: Readiness, on loop: inout LoopContext) throws {
        guard let descriptor = current?.descriptor else { return }
        guard descriptor != watched || wanted != interest else { return }
        try loop.watch(descriptor, for: wanted, token: role.token.rawValue)
        watched = descriptor
        interest = wanted
    }
}
