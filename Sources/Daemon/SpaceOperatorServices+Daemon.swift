// What the Space Operator dialect of the daemon is made with.

internal import Identity
internal import Nodes
internal import SpaceOperator
internal import Store

extension SpaceOperatorServices {
    init(_ storage: Storage) {
        self.init(anonKey: "local-anon-key", isReady: { storage.isReady })
        let secret = storage.secret(.runToken)
        makeRunToken = { RunToken.make(for: $0, secret: secret) }
        nodeDefinitions = NodeDefinitionJSON.encode(NodeLibrary.kinds(.unavailable))
    }
}
