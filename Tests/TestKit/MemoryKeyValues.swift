// Key-value stores in memory, by the same rules as those in the database.

import Engine
import Primitives
import Synchronization
import Values

/// The stores of all users. Replies at once, on the asking thread.
public final class MemoryKeyValues: KeyValueStore {
    private struct Holdings {
        /// Keys are told apart by their bytes.
        var stores: [String: [[UInt8]: Item]] = [:]
        var size: Int {
            stores.reduce(0) { sum, store in
                store.value.reduce(sum + store.key.utf8.count) { $0 + $1.key.count + $1.value.byteCount }
            }
        }
    }

    private struct Item {
        let value: Value
        let byteCount: Int
    }

    private let holdings = Mutex<[UserID: Holdings]>([:])
    private let storesMax: Int
    private let bytesMax: Int

    public init(storesMax: Int = 100, bytesMax: Int = 100 * 1024 * 1024) {
        self.storesMax = storesMax
        self.bytesMax = bytesMax
    }

    public func perform(
        _ request: KeyValueRequest, of owner: UserID,
        reply: @escaping @Sendable (Result<Value?, KeyValueError>) -> Void
    ) {
        let result = holdings.withLock { holdings in
            Result<Value?, KeyValueError> { () throws(KeyValueError) in
                try perform(request, on: &holdings[owner, default: Holdings()])
            }
        }
        reply(result)
    }

    private func perform(
        _ request: KeyValueRequest, on holdings: inout Holdings
    ) throws(KeyValueError) -> Value? {
        try request.check()
        var content: [UInt8] = []
        if case .write(_, _, let value) = request { content = ValueJSON.encode(value) }
        guard content.count <= Limits.keyValueItemBytesMax else { throw .itemTooLarge }
        switch request {
        case .createStore(let store):
            guard holdings.stores[store] == nil else { throw .storeExists }
            guard holdings.stores.count < storesMax, holdings.size + store.utf8.count < bytesMax else {
                throw .limitExceeded
            }
            holdings.stores[store] = [:]
            return nil
        case .deleteStore(let store):
            guard holdings.stores.removeValue(forKey: store) != nil else { throw .storeNotFound }
            return nil
        case .write(let store, let key, let value):
            guard let old = holdings.stores[store] else { throw .storeNotFound }
            let key = Array(key.utf8)
            let growth = content.count - (old[key].map { $0.byteCount } ?? -key.count)
            guard growth <= 0 || holdings.size + growth < bytesMax else { throw .limitExceeded }
            holdings.stores[store]?[key] = Item(value: value.concealed, byteCount: content.count)
            return old[key]?.value
        case .read(let store, let key):
            guard let items = holdings.stores[store] else { throw .storeNotFound }
            return items[Array(key.utf8)]?.value
        case .deleteItem(let store, let key):
            guard holdings.stores[store] != nil else { throw .storeNotFound }
            return holdings.stores[store]?.removeValue(forKey: Array(key.utf8))?.value
        }
    }
}
