// The route by which a user exports their data.

internal import Dialect
internal import Identity
internal import Primitives
internal import Wire

/// Spec http-and-websocket 2.10 and 7.10. An export has secrets only if its owner asks for them with a passphrase and a
/// signed token, because an API key may lie in a script.
struct DataRoutes {
    private let exporter: any DataExporter

    static func all(_ services: SpaceOperatorServices) -> [Route] {
        guard let exporter = services.exporter else { return [] }
        return [Route(.post, "/data/export", handle: DataRoutes(exporter: exporter).export)]
    }

    private func export(_ request: RouteRequest) -> RouteStep {
        .asUser(.user) { user, request throws(BodyError) in
            guard let passphrase = try DataRoutes.passphrase(request.body) else {
                return ask(user, nil)
            }
            return .authenticate(.headers(.signedTokenOnly)) { result in
                switch result {
                case .caller: ask(user, passphrase)
                case .refused:
                    .respond(
                        .error(.forbidden, "passphrase: secrets are exported for a signed token only"))
                case .unavailable: .refuse(.storage(.unavailable))
                }
            }
        }
    }

    private static func passphrase(_ body: [UInt8]) throws(BodyError) -> Passphrase? {
        switch try JSONObject(body: body)["passphrase"] {
        case nil, .null?: return nil
        case .string(let text)?:
            do throws(PassphraseError) {
                return try Passphrase(text)
            } catch {
                throw .field("passphrase", rule: error.description)
            }
        default: throw .field("passphrase", rule: "expected a string")
        }
    }

    private func ask(_ user: UserID, _ passphrase: Passphrase?) -> RouteStep {
        .ask(
            RouteQuestion { goOn in
                exporter.export(user, passphrase: passphrase) { goOn(.confirmed(DataRoutes.response($0))) }
            })
    }

    private static func response(_ result: Result<[UInt8], DataExportError>) -> HTTPResponse {
        switch result {
        case .success(let file):
            var response = HTTPResponse.json(.ok, file)
            response.headers.add("Cache-Control", "no-store")
            return response
        case .failure(let error):
            switch error {
            case .busy: return .unavailable(error.description, retryAfterSeconds: 5)
            case .unavailable: return .unavailable(error.description)
            case .tooLarge: return .error(.forbidden, error.description)
            case .sealed, .failed: return .error(.internalServerError, error.description)
            }
        }
    }
}
