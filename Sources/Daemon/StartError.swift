// Why the daemon or a command cannot go on.

internal import Postgres
internal import Store

/// One sentence for the operator. Holds no secret.
public struct StartError: Error, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }

    /// Asks the database something; its errors become sentences.
    static func fromStorage<Answer>(_ body: () throws(PostgresError) -> Answer) throws(StartError) -> Answer {
        do throws(PostgresError) {
            return try body()
        } catch {
            throw StartError("storage: \(error)")
        }
    }
}
