// Tables over HTTP, as clients of hosted databases ask for them at the address that `/info` gives.

internal import Dialect
internal import Identity
internal import Tables
internal import Wire

/// `/rest/v1/{table}` (seed 002, spec http-and-websocket 5.5). Refusals have the shape of these clients.
struct TableRoutes {
    private let tables: any TableStore
    private let services: SpaceOperatorServices

    /// Below it are the tables, and nothing else.
    static let path = "/rest/v1/"

    static func all(_ services: SpaceOperatorServices) -> [Route] {
        guard let tables = services.tables else { return [] }
        let routes = TableRoutes(tables: tables, services: services)
        return [HTTPMethod.get, .post, .patch, .delete].map { method in
            Route(method, "/rest/v1/{table}", handle: routes.handle)
        }
    }

    @Sendable private func handle(_ request: RouteRequest) -> RouteStep {
        let query: TableQuery
        do throws(TableError) {
            query = try TableQuery(request.request, table: request.parameters["table"] ?? "")
        } catch {
            return .respond(error.response)
        }
        return .authenticate(.headers(.user)) { result in
            do throws(TableError) {
                let caller = try caller(result, request.request)
                return .content(caller.allowance) { request in
                    do throws(TableError) {
                        return try answer(query, caller, request.body)
                    } catch {
                        return .respond(error.response)
                    }
                }
            } catch {
                return .respond(error.response)
            }
        }
    }

    /// Clients without a session send the key that everybody is told, either alone or also as a token. They see what
    /// everybody may see.
    private func caller(
        _ result: AuthenticationResult, _ request: HTTPRequest
    ) throws(TableError) -> TableCaller {
        switch result {
        case .unavailable: throw .unavailable("the server cannot find out who calls: try again")
        case .caller(let caller):
            guard let user = caller.user else { throw .unauthenticated }
            return .user(user)
        case .refused(.missing):
            let authorization = request.headers["authorization"].map(CredentialHeaders.withoutScheme)
            guard request.headers["apikey"] == services.anonKey || authorization == services.anonKey[...]
            else { throw .unauthenticated }
            return .anonymous
        case .refused: throw .unauthenticated
        }
    }

    private func answer(
        _ query: TableQuery, _ caller: TableCaller, _ body: [UInt8]
    ) throws(TableError) -> RouteStep {
        let request = try TableRequest(query, caller: caller, body: body)
        for document in request.documents {
            let problems = services.documentProblems(document)
            guard problems.isEmpty else { throw .document(problems) }
        }
        return .ask(
            RouteQuestion { goOn in
                tables.perform(request) { result in
                    goOn(.respond(TableRoutes.response(request, result)))
                }
            })
    }

    private static func response(
        _ request: TableRequest, _ result: Result<TableReply, TableError>
    ) -> HTTPResponse {
        do throws(TableError) {
            return try request.response(try result.get())
        } catch {
            return error.response
        }
    }
}

extension TableCaller {
    fileprivate var allowance: BodyAllowance {
        switch self {
        case .user: .known
        case .anonymous: .stranger
        }
    }
}
