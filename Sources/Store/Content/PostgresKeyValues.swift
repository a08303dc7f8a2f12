// The engine's key-value stores on Postgres. Values are kept in their tagged form.

public import Engine
internal import Postgres
public import Primitives
public import Values

/// The key-value stores of all users. Any thread; replies come on the storage loop's thread.
public struct PostgresKeyValues: KeyValueStore {
    let desk: QuestionDesk

    /// Writes, reads or deletes a store or an item of this owner. A bad name or a value that is too large is refused,
    /// on the caller's thread, before the database is asked.
    public func perform(
        _ request: KeyValueRequest, of owner: UserID,
        reply: @escaping @Sendable (Result<Value?, KeyValueError>) -> Void
    ) {
        let content: [UInt8]
        do throws(KeyValueError) {
            content = try request.checkedContent()
        } catch {
            return reply(.failure(error))
        }
        let (statement, names) = PostgresKeyValues.statement(of: request)
        var values = [PostgresValue.uuid(owner.id)] + names.map { .text($0) }
        if case .write = request { values.append(.json(content)) }
        desk.ask(statement, values, on: .userContent, PostgresKeyValues.answer) { result in
            reply(result.mapError { .storage($0) }.flatMap { $0 })
        }
    }

    private static func statement(of request: KeyValueRequest) -> (PostgresStatement, names: [String]) {
        switch request {
        case .createStore(let store): (KeyValueStatements.createStore, [store])
        case .deleteStore(let store): (KeyValueStatements.deleteStore, [store])
        case .write(let store, let key, _): (KeyValueStatements.write, [store, key])
        case .read(let store, let key): (KeyValueStatements.read, [store, key])
        case .deleteItem(let store, let key): (KeyValueStatements.deleteItem, [store, key])
        }
    }

    private static func answer(_ rows: PostgresRows) throws(PostgresError) -> Result<Value?, KeyValueError> {
        guard rows.count == 1 else { throw unreadable }
        switch try rows[0].text(0) {
        case "done":
            guard !rows[0].isNull(1) else { return .success(nil) }
            guard let value = try? ValueJSON.decode(try rows[0].bytes(1)) else { throw unreadable }
            return .success(value)
        case "exists": return .failure(.storeExists)
        case "no store": return .failure(.storeNotFound)
        case "full": return .failure(.limitExceeded)
        default: throw unreadable
        }
    }

    private static let unreadable = PostgresError(
        .unexpectedReply, detail: "the answer about an item cannot be read")
}
