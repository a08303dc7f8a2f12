// The route that writes wallets.

internal import Dialect
internal import Identity
internal import Primitives
internal import Wire

/// Spec http-and-websocket 2.10. Key material goes in and never comes out.
struct WalletRoutes {
    private let accounts: AccountServices

    init(_ accounts: AccountServices) { self.accounts = accounts }

    var all: [Route] { [Route(.post, "/wallets/upsert", handle: upsert)] }

    private func upsert(_ request: RouteRequest) -> RouteStep {
        .asUser(.signedTokenOnly) { [wallets = accounts.wallets] user, request throws(BodyError) in
            let body = try WalletBody(request)
            guard body.user == nil || body.user == user else {
                return .respond(.error(.forbidden, "user_id: a wallet belongs to who writes it"))
            }
            guard let id = body.id else {
                guard body.draft.publicKey != nil else {
                    throw .field("public_key", rule: "a new wallet needs one")
                }
                return .ask { reply in
                    wallets.add(body.draft, of: user, reply: reply)
                } then: { (outcome: WalletOutcome) in
                    .respond(response(outcome, .created))
                }
            }
            return .ask { reply in
                wallets.change(id, to: body.draft, of: user, reply: reply)
            } then: { (outcome: WalletOutcome) in
                .respond(response(outcome, .ok))
            }
        }
    }
}

private func response(_ outcome: WalletOutcome, _ status: HTTPStatus) -> HTTPResponse {
    switch outcome {
    case .done(let wallet): .json(status, JSONValue.array([wallet.json]).encoded)
    case .missing: .error(.notFound, "wallet not found")
    case .keyTaken: .error(.conflict, "public_key: another wallet of this user has it")
    case .tooMany:
        .error(.badRequest, "too many wallets: a user has at most \(Limits.walletsPerUserMax)")
    case .keyPairMissing: .error(.badRequest, "keypair: a HARDCODED wallet needs that of its public key")
    case .keyPairUnwanted: .error(.badRequest, "keypair: only a HARDCODED wallet has one")
    }
}

extension Wallet {
    /// The row as its owner sees it.
    var json: JSONValue {
        [
            "id": .integer(id),
            "created_at": .string(createdAt.text),
            "type": .string(kind.rawValue),
            "adapter": .string(adapter),
            "public_key": .string(publicKey.text),
            "user_id": .string(user.text),
            "description": .string(description),
            "name": .string(name),
            "icon": icon.map { .string($0) } ?? .null,
            "purpose": purpose.map { .string($0) } ?? .null,
        ]
    }
}
