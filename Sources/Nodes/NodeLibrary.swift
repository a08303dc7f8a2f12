// Every kind of node that this build can run.

public import Engine

/// The node kinds of this build. A new kind is one more value in one of the lists below.
public enum NodeLibrary {
    /// All kinds, by family.
    public static func kinds(_ services: NodeServices) -> [NodeKind] {
        [
            FlowBoundaryNodes.kinds,
            ConditionNodes.kinds,
            LoopNodes.kinds,
            DataNodes.kinds,
            NumberNodes.kinds,
            JSONNodes.kinds,
            ListNodes.kinds,
            ObjectNodes.kinds,
            TextNodes.kinds,
            PatternNodes.kinds,
            EncodingNodes.kinds,
            HashNodes.kinds,
            TableNodes.kinds,
            TimeNodes.kinds(services.clock),
            DateArithmeticNodes.kinds,
            RandomNodes.kinds(services.clock),
            RhaiNodes.kinds(services.clock),
            RunNodes.kinds,
            NestedFlowNodes.kinds,
            ApprovalNodes.kinds(services),
            WalletNodes.kinds,
            KeyPairNodes.kinds(services),
            ChainNodes.kinds(services),
            SigningNodes.kinds,
            KeyValueNodes.kinds(services),
            FileNodes.kinds(services),
            FileLinkNodes.kinds(services),
            HTTPRequestNode.kinds(services),
            QueryNodes.kinds(services),
        ].flatMap(\.self)
    }

    /// The registry of all kinds. Made once at start; without services its nodes can be looked at and, where they
    /// need none, run.
    public static func registry(_ services: NodeServices = .unavailable) -> NodeRegistry {
        NodeRegistry(kinds(services))
    }
}
