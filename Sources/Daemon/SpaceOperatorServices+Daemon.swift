// What the Space Operator dialect of the daemon is made with.

internal import Chain
internal import Documents
internal import Engine
internal import Identity
internal import Nodes
internal import Primitives
internal import SpaceOperator
internal import Store

extension SpaceOperatorServices {
    init(_ storage: Storage, _ engine: FlowEngine) {
        self.init(anonKey: "local-anon-key", isReady: { storage.isReady })
        version = Daemon.version
        let secret = storage.secret(.runToken)
        makeRunToken = { RunToken.make(for: $0, secret: secret) }
        keyValues = storage.keyValues
        findsKeyPair = { KeyPairFinder.ed25519.findsKeyPair(in: $0) }
        files = FileServices(store: storage.files, tokenSecret: storage.secret(.fileAddress), clock: .system)
        tables = storage.tables
        documentProblems = SpaceOperatorServices.problems
        reads = ReadDesk { engine.perform($0, reply: $1) }
        nodeDefinitions = NodeDefinitionJSON.encode(NodeLibrary.kinds(.unavailable))
    }

    /// Problems that can be found without knowing the kinds of nodes. Others are tolerated, because an unfinished flow
    /// may be stored.
    @Sendable private static func problems(_ document: [UInt8]) -> [String] {
        do throws(GraphProblems) {
            return try FlowDocument(document).problems.prefix(Limits.documentProblemsMax).map { "\($0)" }
        } catch {
            return error.problems.map { "\($0)" }
        }
    }
}
