// Node kinds: the one value that a new kind of node consists of, and the registry of all kinds.

public import Primitives
public import Values

/// An input of a node.
public struct InputPort: Equatable, Sendable {
    public let name: String
    /// Type names for people and editors; `pubkey` has an effect (spec flow-engine 6.4),
    /// and so have those that `SecretPorts` goes by.
    public let types: [String]
    /// The node waits for a value on a connected required port.
    public let isRequired: Bool
    /// The value comes out again under the same name (spec flow-engine 6.2).
    public let isPassthrough: Bool
    /// What the port gets when neither an edge nor the configuration gives anything (spec nodes 6.8).
    public let defaultValue: Value?
    /// A sentence for people who connect the port, where its name does not say enough.
    public let tooltip: String?

    public init(
        _ name: String, types: [String] = ["free"], required: Bool = true, passthrough: Bool = false,
        default defaultValue: Value? = nil, tooltip: String? = nil
    ) {
        self.name = name
        self.types = types
        self.isRequired = required
        self.isPassthrough = passthrough
        self.defaultValue = defaultValue
        self.tooltip = tooltip
    }
}

/// An output of a node.
public struct OutputPort: Hashable, Sendable {
    public let name: String
    public let type: String
    /// May be left out without an error; targets then get "absent" (spec flow-engine 6.6).
    public let isOptional: Bool
    /// A sentence for people who connect the port, where its name does not say enough.
    public let tooltip: String?

    public init(
        _ name: String, type: String = "free", optional: Bool = false, tooltip: String? = nil
    ) {
        self.name = name
        self.type = type
        self.isOptional = optional
        self.tooltip = tooltip
    }
}

/// What the engine itself does for a node beside running it.
public enum NodeRole: Hashable, Sendable {
    case ordinary
    /// Output arrays leave element by element, each with a loop tag (spec flow-engine 5.1).
    case foreach
    /// Runs once, with everything that its source delivered (spec flow-engine 5.6).
    case collect
    /// Contributes to the run's output under this name (spec flow-engine 8.1).
    case flowOutput(String)
    /// Stands for the start input of this name; see `GraphNode.startBinding`.
    case flowInput(String)
    /// Does not run: an earlier run's outputs stand in for it, as elements of a loop or as one (spec flow-engine 12).
    case stored(isLoop: Bool)
}

/// Whether nodes of a kind may run in a run that must not change anything (spec flow-engine 19.2).
public enum ReadCapability: Hashable, Sendable {
    case snapshot, interactive, mutating
}

/// One configured value of a node, read tagged-or-plain (spec values.md 7).
public struct ConfigEntry: Sendable {
    public let value: Value
    /// True if the document held the tagged form, which some fields insist on.
    public let isTagged: Bool

    public init(_ value: Value, isTagged: Bool) {
        self.value = value
        self.isTagged = isTagged
    }
}

/// What a document says about one node; the kind makes a `GraphNode` of it.
public struct NodeDeclaration: Sendable {
    public let id: NodeID
    /// The name of the kind as the document spells it.
    public let kindName: String
    public let inputs: [InputPort]
    public let outputs: [OutputPort]
    public let config: [String: ConfigEntry]

    public init(
        id: NodeID, kindName: String, inputs: [InputPort], outputs: [OutputPort],
        config: [String: ConfigEntry]
    ) {
        self.id = id
        self.kindName = kindName
        self.inputs = inputs
        self.outputs = outputs
        self.config = config
    }
}

/// Why a kind refuses a node of a document; the text is for the person who wrote the document.
public struct NodeRefusal: Error, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// What may become of an execution that was cut off with its server (decision 2).
public enum Repetition: Hashable, Sendable {
    /// The execution may have had an effect, which must not happen twice: its run ends.
    case never
    /// The execution changes nothing, or repeating it has the same result: it runs again if its flow allows that.
    case ifAllowed
    /// The execution only waits, or asks for something that is written down once before anybody acts on it: it runs
    /// again whatever its flow says.
    case always
}

/// What the engine must know to run the nodes of a kind.
public struct NodeConduct: Sendable {
    public var readCapability: ReadCapability
    public var repetition: Repetition
    /// An execution that takes longer has failed, whatever it may still do. Nil for nodes that wait for people or for
    /// other runs.
    public var timeLimit: Duration?

    public init(readCapability: ReadCapability, repetition: Repetition, timeLimit: Duration?) {
        self.readCapability = readCapability
        self.repetition = repetition
        self.timeLimit = timeLimit
    }

    /// A function of its inputs.
    public static let pure = NodeConduct(
        readCapability: .snapshot, repetition: .ifAllowed,
        timeLimit: .milliseconds(Limits.nodeMillisecondsMax))
    /// Looks at something outside that may change.
    public static let reading = NodeConduct(
        readCapability: .snapshot, repetition: .ifAllowed,
        timeLimit: .milliseconds(Limits.nodeMillisecondsMax))
    /// Lets time pass. The time counts from the beginning of the execution, so the work may begin again at any moment.
    public static let waiting = NodeConduct(
        readCapability: .snapshot, repetition: .always, timeLimit: .milliseconds(Limits.nodeMillisecondsMax))
    /// Changes something outside.
    public static let changing = NodeConduct(
        readCapability: .mutating, repetition: .never, timeLimit: .milliseconds(Limits.nodeMillisecondsMax))
}

/// An entry of a node's configuration that is no port: it shapes the node, and no edge can give it.
public struct NodeSetting: Equatable, Sendable {
    public let name: String
    /// A type name as ports have it, for people and editors.
    public let type: String
    /// What a new node has there.
    public let defaultValue: Value?
    public let tooltip: String?

    public init(
        _ name: String, type: String = "free", default defaultValue: Value? = nil, tooltip: String? = nil
    ) {
        self.name = name
        self.type = type
        self.defaultValue = defaultValue
        self.tooltip = tooltip
    }
}

/// A kind of node: its ports are the kind's own, whatever a document says, unless `configure` decides
/// otherwise (spec flow-engine 2.2).
public struct NodeKind: Sendable {
    /// The full name, for example `@spo/std.math.0.1`, as error texts show it.
    public let name: String
    /// Every further spelling that documents use, for example `math`.
    public let aliases: [String]
    /// What it does, in one sentence, for people who choose among kinds.
    public let summary: String
    public let inputs: [InputPort]
    public let outputs: [OutputPort]
    /// What a node of this kind can be told beside its inputs.
    public let settings: [NodeSetting]
    /// `@author/prefix.name.version`, as editors write it into documents (spec nodes 1.1); `name` itself for all but
    /// the few kinds whose errors show a bare name.
    public let definitionName: String
    public let conduct: NodeConduct
    /// Documents may add anything behind the name and a `_`, such as a count of ports.
    public let isFamily: Bool
    /// Makes the node of a document; called once per node when a graph is built.
    public let configure: @Sendable (NodeKind, NodeDeclaration) throws(NodeRefusal) -> GraphNode

    public init(
        name: String, aliases: [String], summary: String = "", inputs: [InputPort], outputs: [OutputPort],
        settings: [NodeSetting] = [], definitionName: String? = nil, conduct: NodeConduct = .pure,
        isFamily: Bool = false,
        configure: @escaping @Sendable (NodeKind, NodeDeclaration) throws(NodeRefusal) -> GraphNode
    ) {
        self.name = name
        self.aliases = aliases
        self.summary = summary
        self.inputs = inputs
        self.outputs = outputs
        self.settings = settings
        self.definitionName = definitionName ?? (name.hasPrefix("@") ? name : "@spo/std.\(name).0.1")
        self.conduct = conduct
        self.isFamily = isFamily
        self.configure = configure
    }

    /// A kind whose nodes have the kind's ports, take configured values as input defaults (spec
    /// flow-engine 2.3) and differ in nothing else. A Null at an optional input counts as no value, so that the
    /// input's default takes its place (spec nodes 6.12).
    public init(
        name: String, aliases: [String], summary: String = "", inputs: [InputPort], outputs: [OutputPort],
        conduct: NodeConduct = .pure, role: NodeRole = .ordinary, work: @escaping NodeWork
    ) {
        let optional = inputs.filter { !$0.isRequired && $0.defaultValue != nil }
        let defaulting: NodeWork = { call in work(call.applyingDefaults(of: optional)) }
        self.init(
            name: name, aliases: aliases, summary: summary, inputs: inputs, outputs: outputs, conduct: conduct
        ) { kind, declaration in
            GraphNode(
                id: declaration.id, kindName: kind.name, role: role, inputs: kind.inputs,
                outputs: kind.outputs,
                defaults: declaration.defaults(for: kind.inputs), conduct: kind.conduct,
                work: optional.isEmpty ? work : defaulting)
        }
    }
}

extension NodeCall {
    /// The call with the default of each of these ports in the place of Null or nothing.
    fileprivate func applyingDefaults(of ports: [InputPort]) -> NodeCall {
        var inputs = inputs
        for port in ports {
            guard let value = port.defaultValue, case .null = inputs[port.name] ?? .null else { continue }
            inputs[port.name] = value
        }
        return NodeCall(
            run: run, execution: execution, inputs: inputs, context: context, cancellation: cancellation,
            log: log, complete: complete)
    }
}

extension NodeDeclaration {
    /// The configured values that are named like one of these inputs (spec flow-engine 2.3), and the inputs' own
    /// defaults where nothing is configured (spec nodes 6.8).
    public func defaults(for inputs: [InputPort]) -> ValueMap {
        ValueMap(
            inputs.compactMap { input in
                (config[input.name]?.value ?? input.defaultValue).map { (input.name, $0) }
            })
    }
}

/// All kinds of this build, by every name they have. Made once at start.
public struct NodeRegistry: Sendable {
    /// The kinds in the order they were given.
    public let kinds: [NodeKind]
    private let byName: [String: Int]

    /// - Precondition: no two kinds share a name.
    public init(_ kinds: [NodeKind]) {
        var byName: [String: Int] = [:]
        for (index, kind) in kinds.enumerated() {
            for name in [kind.name] + kind.aliases {
                let taken = byName.updateValue(index, forKey: name)
                precondition(taken == nil, "two node kinds share the name \(name)")
            }
        }
        self.kinds = kinds
        self.byName = byName
    }

    /// The kind of exactly this name or alias.
    public func kind(named name: String) -> NodeKind? {
        byName[name].map { kinds[$0] }
    }

    /// The family that a name belongs to: its own name, and if there is more, a `_` and anything behind.
    public func family(of name: some StringProtocol) -> NodeKind? {
        kinds.first { kind in
            kind.isFamily && kind.aliases.contains { (name + "_").utf8.starts(with: ($0 + "_").utf8) }
        }
    }
}
