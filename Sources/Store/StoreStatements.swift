// Every statement that is prepared, by the connection that has it. A test runs each of them.

internal import Postgres

/// The statements of the connections of `StorageSessions`. Those of the journal are in `JournalStatements`; those of
/// tables are made from the requests of clients.
enum StoreStatements {
    /// Statements that starts wait for. Each finds its rows by a key, and ends within a millisecond or so, however full
    /// the database is.
    static let commands =
        CatalogStatements.all + InputStatements.commands + SignatureStatements.commands
        + [StopStatements.record] + Housekeeping.statements + AccountStatements.all + DeploymentStatements.all
        + [PostgresVault.find]

    static let reads =
        CatalogStatements.reads + InputStatements.reads + SignatureStatements.reads + [StopStatements.ofRuns]

    static let upkeep =
        Housekeeping.upkeepStatements + LeftRunStatements.all
        + [CatalogStatements.events, DeploymentStatements.snapshots]

    static let userContent =
        KeyValueStatements.all + FileStatements.all + [DeploymentStatements.deploy, PostgresFlowCopies.copy]
}
