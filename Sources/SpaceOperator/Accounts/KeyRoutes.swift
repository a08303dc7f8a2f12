// Routes about API keys.

internal import Dialect
internal import Identity
internal import Primitives
internal import Wire

/// Spec http-and-websocket 2.4. An API key cannot make or delete keys, so that somebody who finds one in a script
/// cannot lock its owner out.
struct KeyRoutes {
    private let accounts: AccountServices?

    /// - Parameter accounts: nil for a server that keeps no users; keys are neither made nor deleted there.
    init(_ accounts: AccountServices?) { self.accounts = accounts }

    var all: [Route] {
        var routes = [Route(.get, "/apikey/info", handle: KeyRoutes.owner)]
        if let accounts {
            routes.append(Route(.post, "/apikey/create") { KeyRoutes.create($0, accounts) })
            routes.append(Route(.post, "/apikey/delete") { KeyRoutes.delete($0, accounts) })
        }
        return routes
    }

    @Sendable private static func owner(_ request: RouteRequest) -> RouteStep {
        .asUser(.apiKeyOnly) { user in
            .respond(.json(.ok, JSONWriter.encode(["user_id": .string(user.text)])))
        }
    }

    private static func create(_ request: RouteRequest, _ accounts: AccountServices) -> RouteStep {
        .asUser(.signedTokenOnly) { user, request throws(BodyError) in
            let name = try KeyNameBody(request).name
            let key = APIKey()
            return .ask { reply in
                accounts.keys.create(key, named: name, of: user, reply: reply)
            } then: { (outcome: KeyOutcome) in
                switch outcome {
                case .done(let time): .respond(.json(.ok, json(key, name, user, time).encoded))
                case .nameTaken: .respond(.error(.badRequest, "NameConflict"))
                case .tooMany:
                    .respond(
                        .error(
                            .badRequest,
                            "too many API keys: a user has at most \(Limits.apiKeysPerUserMax)"))
                }
            }
        }
    }

    private static func delete(_ request: RouteRequest, _ accounts: AccountServices) -> RouteStep {
        .asUser(.signedTokenOnly) { user, request throws(BodyError) in
            // A text that is no hash belongs to no key.
            guard let hash = APIKeyHash(try KeyHashBody(request).hash) else {
                return .respond(notFound)
            }
            return .ask { reply in
                accounts.keys.delete(hash, of: user, reply: reply)
            } then: { (wasThere: Bool) in
                .respond(wasThere ? .json(.ok, Array("{}".utf8)) : notFound)
            }
        }
    }

    private static func json(_ key: APIKey, _ name: String, _ user: UserID, _ time: Timestamp) -> JSONValue {
        [
            "full_key": .string(key.text),
            "key_hash": .string(key.hash.text),
            "trimmed_key": .string(key.trimmed),
            "name": .string(name),
            "user_id": .string(user.text),
            // In UTC, but clients expect this one time without its zone.
            "created_at": .string(String(time.text.dropLast())),
        ]
    }

    private static let notFound = HTTPResponse.error(.notFound, "apikey not found")
}
