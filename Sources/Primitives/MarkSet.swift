// Notices that may be repeated: a mark says "look at this again" and cannot overflow.

internal import Synchronization

/// The set of keys that were marked since the owner last looked. Any thread may mark; the bell rings once per
/// batch, outside the lock, on the marking thread.
public final class MarkSet<Key: Hashable & Sendable>: Sendable {
    private let marked = Mutex<Set<Key>>([])
    private let bell: @Sendable () -> Void

    public init(bell: @escaping @Sendable () -> Void) {
        self.bell = bell
    }

    /// Marks a key. Marking it again before the owner looks changes nothing.
    public func mark(_ key: Key) {
        let first = marked.withLock { marked in
            marked.insert(key).inserted && marked.count == 1
        }
        if first { bell() }
    }

    /// Takes all marks. For the owner only.
    public func drain() -> Set<Key> {
        marked.withLock { marked in
            let taken = marked
            marked = []
            return taken
        }
    }
}
