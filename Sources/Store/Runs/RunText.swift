// The JSON columns of a run: written and read.

internal import Chain
internal import Engine
internal import Postgres
internal import Primitives
internal import Values
internal import Wire

/// JSON of parts of a run, byte for byte as it is stored.
enum RunText {
    static func environment(_ environment: [String: String]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            writer.key(name)
            writer.string(value)
        }
        writer.endObject()
        return writer.output
    }

    /// Nil unless it is an object.
    static func environment(_ bytes: [UInt8]) -> [String: String]? {
        guard let object = (try? JSONValue.parse(bytes))?.object else { return nil }
        var environment: [String: String] = [:]
        for entry in object.entries { environment[entry.key] = entry.value.string }
        return environment
    }

    static func network(_ network: FlowNetwork) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("url")
        writer.string(network.url)
        writer.key("cluster")
        writer.string(network.cluster)
        writer.endObject()
        return writer.output
    }

    /// Nil unless it has an address and a cluster.
    static func network(_ bytes: [UInt8]) -> FlowNetwork? {
        guard let tree = try? JSONValue.parse(bytes), let url = tree["url"]?.string,
            let cluster = tree["cluster"]?.string
        else { return nil }
        return FlowNetwork(url: url, cluster: cluster)
    }

    static func bundling(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        JSONWriter.append(text, to: &bytes)
        return bytes
    }

    /// Spec flow-engine 1.2.
    static func origin(_ origin: RunOrigin) -> [UInt8] {
        switch origin {
        case .start: Array(#"{"Start":{}}"#.utf8)
        case .read: Array(#"{"Read":{}}"#.utf8)
        case .nested(let run, let execution):
            Array(
                #"{"Interflow":{"flow_run_id":"\#(run.text)","node_id":"\#(execution.node.text)","times":\#(execution.times)}}"#
                    .utf8)
        case .startShared(let user): Array(#"{"StartShared":{"started_by":"\#(user.text)"}}"#.utf8)
        }
    }

    /// Nil for anything that is not written here.
    static func origin(_ bytes: [UInt8]) -> RunOrigin? {
        guard let tree = try? JSONValue.parse(bytes) else { return nil }
        if tree["Start"] != nil { return .start }
        if tree["Read"] != nil { return .read }
        if let text = tree["StartShared"]?["started_by"]?.string, let user = UserID(text) {
            return .startShared(by: user)
        }
        guard let nested = tree["Interflow"],
            let run = nested["flow_run_id"]?.string.flatMap({ RunID($0) }),
            let node = nested["node_id"]?.string.flatMap({ NodeID($0) }),
            let times = nested["times"]?.number?.integer(Int32.self)
        else { return nil }
        return .nested(in: run, NodeExecution(node: node, times: times))
    }

    /// Spec flow-engine 12.1.
    static func partial(_ config: PartialConfig) -> [UInt8] {
        JSONWriter.encode([
            "only_nodes": .array(config.onlyNodes.map { .string($0.text) }),
            "values_config": [
                "nodes": .object(
                    JSONObject(
                        config.runs.sorted { $0.key.text < $1.key.text }
                            .map { (key: $0.key.text, value: .string($0.value.text)) })),
                "default_run_id": config.defaultRun.map { .string($0.text) } ?? .null,
            ],
        ])
    }
}

/// Cells that are the same in most rows are read once.
struct RepeatedTexts {
    private var lastEnvironment: (bytes: [UInt8], value: [String: String]?) = ([], nil)
    private var lastNetwork: (bytes: [UInt8], value: FlowNetwork?) = ([], nil)
    private var lastBundling: (bytes: [UInt8], value: String?) = ([], nil)

    /// Empty if the cell is not there.
    mutating func environment(_ bytes: [UInt8]?) throws(PostgresError) -> [String: String] {
        guard let bytes else { return [:] }
        if bytes != lastEnvironment.bytes { lastEnvironment = (bytes, RunText.environment(bytes)) }
        guard let environment = lastEnvironment.value else { throw .unreadable("environment of a run") }
        return environment
    }

    mutating func network(_ bytes: [UInt8]) throws(PostgresError) -> FlowNetwork {
        if bytes != lastNetwork.bytes { lastNetwork = (bytes, RunText.network(bytes)) }
        guard let network = lastNetwork.value else { throw .unreadable("network of a run") }
        return network
    }

    mutating func bundling(_ bytes: [UInt8]) throws(PostgresError) -> String {
        if bytes != lastBundling.bytes { lastBundling = (bytes, (try? JSONValue.parse(bytes))?.string) }
        guard let bundling = lastBundling.value else { throw .unreadable("bundling of a run") }
        return bundling
    }
}
