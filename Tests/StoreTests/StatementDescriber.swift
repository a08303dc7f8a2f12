import CLibPQ

@testable import Postgres

/// A connection that prepares statements and says what they give.
final class StatementDescriber {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let connection: OpaquePointer

    init(_ connectionString: String) throws {
        guard let connection = PQconnectdb(connectionString), PQstatus(connection) == CONNECTION_OK else {
            throw Failure(description: "the database cannot be reached")
        }
        self.connection = connection
    }

    deinit { PQfinish(connection) }

    /// Prepares a statement and gives the types of its columns, by their numbers in the server's catalogue.
    func resultTypes(of statement: PostgresStatement) throws -> [UInt32] {
        let types = statement.parameters.map(\.oid)
        let prepared = PQprepare(connection, statement.name, statement.sql, Int32(types.count), types)
        defer { PQclear(prepared) }
        try check(prepared, statement)
        let described = PQdescribePrepared(connection, statement.name)
        defer { PQclear(described) }
        try check(described, statement)
        return (0..<PQnfields(described)).map { PQftype(described, $0) }
    }

    private func check(_ result: OpaquePointer?, _ statement: PostgresStatement) throws {
        guard PQresultStatus(result) == PGRES_COMMAND_OK else {
            let reason = String(cString: PQerrorMessage(connection))
            throw Failure(description: "\(statement.name) cannot be prepared: \(reason)")
        }
    }
}
