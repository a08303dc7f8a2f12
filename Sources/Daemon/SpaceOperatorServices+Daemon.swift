// What the Space Operator dialect of the daemon is made with.

internal import Nodes
internal import SpaceOperator
internal import Store

extension SpaceOperatorServices {
    init(_ storage: Storage) {
        self.init(anonKey: "local-anon-key", isReady: { storage.isReady })
        nodeDefinitions = NodeDefinitionJSON.encode(NodeLibrary.kinds(.unavailable))
    }
}
