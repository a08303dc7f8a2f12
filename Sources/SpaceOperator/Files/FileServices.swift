// What the routes about files use. The maker of the dialect gives it.

public import Engine
public import Identity
public import Primitives

/// The files of users, and the secret of the tokens that let others read them.
public struct FileServices: Sendable {
    let store: any FileStore
    let tokenSecret: ServerSecret
    let clock: Clock
    let gate = StrangerGate()

    public init(store: any FileStore, tokenSecret: ServerSecret, clock: Clock) {
        self.store = store
        self.tokenSecret = tokenSecret
        self.clock = clock
    }
}
