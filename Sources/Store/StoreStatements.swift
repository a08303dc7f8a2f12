// Every statement. The connections of the storage loop prepare theirs from this list, and a test prepares and asks each.

internal import Postgres

/// The statements of the store. Those of tables are made from the requests of clients, and stand nowhere.
enum StoreStatements {
    static let all: [any ListedStatement] =
        Storage.ports.flatMap { $0.statements } + JournalStatements.all + Recovery.all
        + ServerSecretStatements.all + FlowStatements.all + ImportStatements.all + ExportStatements.all

    /// Those that a connection prepares.
    static func prepared(at place: StatementPlace) -> [PostgresStatement] {
        all.filter { $0.places.contains(place) }.map(\.prepared)
    }
}
