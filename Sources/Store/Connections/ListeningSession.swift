// The connection on which this server hears of the others. Owned by the storage loop.

internal import Net
internal import Postgres
internal import Primitives

/// Listens, and asks nothing. Notifications are lost while the connection is away, so `ready` means that anything may
/// have happened.
final class ListeningSession {
    enum Event {
        /// From here on everything is heard.
        case ready(isBack: Bool)
        /// The connection has read notifications: those that are understood, in order and each once, and the number of
        /// the others.
        case heard([ServerNotice], unknownCount: Int)
        /// The connection is gone, or an attempt to get it back has failed.
        case lost(PostgresError, isNew: Bool)
    }

    /// No statement runs on this connection later, so it needs no further settings.
    private static let setUp = """
        SET client_min_messages = error; LISTEN \(ServerNotice.Channel.runWake); LISTEN \(ServerNotice.Channel.signatureAsked)
        """

    private let session: DatabaseSession

    init(database: DatabaseAddress) {
        session = DatabaseSession(
            DatabaseSession.Role(
                name: "listening", setUp: ListeningSession.setUp, statements: [], pipelines: false,
                token: .listening),
            database: database)
    }

    /// Notifications of other servers can be heard.
    var isListening: Bool { session.connection != nil }

    /// The session's timer is due, or it begins its life.
    func due(on loop: inout LoopContext) -> [Event] { events(session.due(on: &loop)) }

    /// The database is known to be back.
    func hurry(on loop: inout LoopContext) { session.hurry(on: &loop) }

    /// The descriptor is ready.
    func ready(on loop: inout LoopContext) -> [Event] {
        guard let connection = session.connection else { return events(session.advance(on: &loop)) }
        do {
            try connection.consume()
            return heard(connection)
        } catch {
            return events(session.lose(DatabaseSession.reason(error), on: &loop))
        }
    }

    /// Closes for good.
    func close(on loop: inout LoopContext) { session.close(on: &loop) }

    private func heard(_ connection: PostgresConnection) -> [Event] {
        var notices: [ServerNotice] = []
        var seen: Set<ServerNotice> = []
        var unknownCount = 0
        while let notification = connection.nextNotification() {
            if let notice = ServerNotice(notification) {
                if seen.insert(notice).inserted { notices.append(notice) }
            } else {
                unknownCount += 1
            }
        }
        guard !notices.isEmpty || unknownCount > 0 else { return [] }
        return [.heard(notices, unknownCount: unknownCount)]
    }

    private func events(_ event: DatabaseSession.Event?) -> [Event] {
        switch event {
        case nil: return []
        // Notifications that came together with the last reply need not be told: after `ready` everything is looked at.
        case .ready(let isBack): return [.ready(isBack: isBack)]
        case .lost(let error, let isNew): return [.lost(error, isNew: isNew)]
        }
    }
}
