// The route by which the operator takes an export over.

internal import Dialect
internal import Identity
internal import Primitives
internal import Wire

/// Spec http-and-websocket 2.10. An export says who gets in and with which keys, so it is taken from the owner with a
/// signed token, or from whoever has the service key.
struct DataImportRoute {
    /// The header of the passphrase that opens the secrets of the export. The content is the export itself.
    private static let passphraseHeader = "x-passphrase"

    private let importer: any DataImporter

    static func all(_ services: SpaceOperatorServices) -> [Route] {
        guard let importer = services.importer else { return [] }
        return [
            Route(
                .post, "/data/import", contentBytesMax: Limits.operationBodyBytesMax,
                handle: DataImportRoute(importer: importer).handle)
        ]
    }

    private func handle(_ request: RouteRequest) -> RouteStep {
        if importer.serviceKey?.isHeld(by: CredentialHeaders(request.request)) == true { return take() }
        return .authenticate(.headers(.signedTokenOnly)) { result in
            switch result {
            case .caller(let caller) where caller.user == importer.owner: take()
            case .caller: .respond(.error(.forbidden, "only the owner of this server may import"))
            case .refused(let error): .refuse(.caller(error))
            case .unavailable: .refuse(.storage(.unavailable))
            }
        }
    }

    private func take() -> RouteStep {
        .content(from: .operation) { request throws(BodyError) in
            let passphrase = try DataImportRoute.passphrase(request.headers)
            return .ask(
                RouteQuestion { goOn in
                    importer.take(request.body, passphrase: passphrase) {
                        goOn(.respond(DataImportRoute.response($0)))
                    }
                })
        }
    }

    private static func passphrase(_ headers: HTTPHeaders) throws(BodyError) -> Passphrase? {
        guard let text = headers[passphraseHeader], !text.isEmpty else { return nil }
        do throws(PassphraseError) {
            return try Passphrase(text)
        } catch {
            throw .field(passphraseHeader, rule: error.description)
        }
    }

    private static func response(_ result: Result<[String], DataImportError>) -> HTTPResponse {
        switch result {
        case .success(let lines):
            .json(
                .ok,
                JSONWriter.encode(["success": true, "report": .array(lines.map { .string($0) })]))
        case .failure(let error):
            switch error {
            case .busy: .unavailable(error.description, retryAfterSeconds: 5)
            case .unavailable: .unavailable(error.description)
            case .wrong: .error(.badRequest, error.description)
            case .failed: .error(.internalServerError, error.description)
            }
        }
    }
}
