// Why the daemon or a command cannot go on.

internal import Postgres
internal import Store

/// One sentence for the operator. Holds no secret.
public struct StartError: Error, Sendable, CustomStringConvertible {
    public let description: String
    /// What the program ends with: 3 if its private Postgres has died and cannot be started again, else 1.
    public let exitStatus: Int32

    public init(_ description: String, exitStatus: Int32 = 1) {
        self.description = description
        self.exitStatus = exitStatus
    }

    /// Asks the database something; its errors become sentences.
    static func fromStorage<Answer>(_ body: () throws(PostgresError) -> Answer) throws(StartError) -> Answer {
        do throws(PostgresError) {
            return try body()
        } catch {
            throw StartError("storage: \(error)")
        }
    }
}
