// The engine's key-value stores on Postgres. Values are kept in their tagged form.

public import Engine
public import Primitives
public import Values

/// The key-value stores of all users. Any thread; replies come on the storage loop's thread.
public struct PostgresKeyValues: KeyValueStore, StoragePort {
    static let statements: [any ListedStatement] = KeyValueStatements.all

    let context: PortContext

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
        let answer: @Sendable (Result<KeyValueStatements.Outcome, StorageError>) -> Void = { result in
            reply(result.mapError { .storage($0) }.flatMap { $0 })
        }
        switch request {
        case .createStore(let store): context.desk.ask(KeyValueStatements.createStore, (owner, store), answer)
        case .deleteStore(let store): context.desk.ask(KeyValueStatements.deleteStore, (owner, store), answer)
        case .write(let store, let key, _):
            context.desk.ask(KeyValueStatements.write, ((owner, store, key), content), answer)
        case .read(let store, let key): context.desk.ask(KeyValueStatements.read, (owner, store, key), answer)
        case .deleteItem(let store, let key):
            context.desk.ask(KeyValueStatements.deleteItem, (owner, store, key), answer)
        }
    }
}
