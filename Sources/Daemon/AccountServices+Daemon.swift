// What the routes about accounts of the daemon are made with.

internal import Identity
internal import Primitives
internal import SpaceOperator
internal import Store

extension AccountServices {
    init(_ storage: Storage, tokenSecret: Secret, signUpIsOpen: Bool) {
        self.init(
            sessions: storage.sessions, keys: storage.apiKeys, wallets: storage.wallets,
            tokenSecret: tokenSecret, loginSecret: storage.secret(.login),
            refreshSecret: storage.secret(.refreshToken), signUpIsOpen: signUpIsOpen, clock: .system)
    }
}
