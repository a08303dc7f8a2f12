// Whether somebody may start something, before it is started.

internal import Primitives

extension FlowEngine {
    func permit(_ request: StartRequest, _ reply: @escaping @Sendable (EngineReply) -> Void) {
        switch request.way {
        case .own(let id), .shared(let id), .unverified(let id):
            context.ports.catalog.flow(id, knownVersion: FlowRow.noDocument) { result in
                reply(
                    FlowEngine.permission(result) { row throws(EngineError) in
                        try request.check(row)
                        return "flow \(row.number) \(row.version)"
                    })
            }
        case .deployed(let name):
            context.ports.catalog.deployment(name) { result in
                reply(
                    FlowEngine.permission(result) { row throws(EngineError) in
                        try request.check(row)
                        return "deployment \(row.id) \(row.revision)"
                    })
            }
        }
    }

    private static func permission<Row>(
        _ found: Result<Row?, StorageError>, _ revision: (Row) throws(EngineError) -> String
    ) -> EngineReply {
        do throws(EngineError) {
            switch found {
            case .failure(let error): throw .storage(error)
            case .success(nil): throw .notFound
            case .success(let row?): return .permitted(revision: try revision(row))
            }
        } catch {
            return .refused(error)
        }
    }
}
