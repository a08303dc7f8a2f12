// The node that shows pinned items of the owner's stores (spec nodes 2.6, kvexplorer).

internal import Engine
internal import Primitives
internal import Synchronization
internal import Values

/// Reads what the configuration pins, all at once, and gives it out under the names of the node's ports: a pin's own
/// name for its value, `Values` for all values, `KVS` for where they are.
struct KeyValueExplorer {
    /// `store/key`. The key may have further slashes.
    private struct Pin: Sendable {
        let name: String
        let store: String
        let key: String

        init?(_ value: Value) {
            guard case .string(let name) = value else { return nil }
            // The slash is found by bytes, because a combining mark behind it would hide it from a search by
            // characters.
            let parts = name.utf8.split(
                separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            self.name = name
            store = String(decoding: parts[0], as: UTF8.self)
            key = String(decoding: parts[1], as: UTF8.self)
        }
    }

    private let pins: [Pin]
    private let ports: [String]

    static func kind(_ stores: any KeyValueStore) -> NodeKind {
        NodeKind(
            name: "@spo/kvstore.kvexplorer.0.1", aliases: ["kvexplorer", "kv_explorer"],
            summary: "Gives out pinned items of stores.", inputs: [], outputs: [], conduct: .reading
        ) { kind, declaration throws(NodeRefusal) in
            let explorer = try KeyValueExplorer(declaration)
            return GraphNode(
                id: declaration.id, kindName: kind.name, inputs: [], outputs: declaration.outputs,
                conduct: kind.conduct
            ) { call in
                explorer.work(call, stores)
            }
        }
    }

    /// Pins that are malformed are left out.
    private init(_ declaration: NodeDeclaration) throws(NodeRefusal) {
        guard let entry = declaration.config["pinned"], case .array(let elements) = entry.value else {
            throw NodeRefusal("kvexplorer.pinned must be array<string>")
        }
        guard elements.count <= Limits.pinnedItemsMax else {
            throw NodeRefusal("kvexplorer.pinned has more than \(Limits.pinnedItemsMax) entries")
        }
        pins = elements.compactMap(Pin.init)
        ports = declaration.outputs.map(\.name)
    }

    private func work(_ call: NodeCall, _ stores: any KeyValueStore) -> NodeStep {
        guard !pins.isEmpty else { return .done(.outputs(outputs([]))) }
        let answers = Answers(count: pins.count)
        for (position, pin) in pins.enumerated() {
            stores.perform(.read(store: pin.store, key: pin.key), of: call.context.owner) { result in
                guard let all = answers.take(result, at: position) else { return }
                call.end { outputs(try all.get()) }
            }
        }
        return .pending
    }

    /// The outputs for these values, in the order of the pins. Missing items are left out, so that the engine's error
    /// names their ports.
    private func outputs(_ values: [Value?]) -> ValueMap {
        let found = zip(pins, values).compactMap { pin, value in value.map { (pin: pin, value: $0) } }
        var outputs = ValueMap()
        for port in ports {
            switch port {
            case "Values": outputs[port] = .array(found.map(\.value))
            case "KVS":
                outputs[port] = .array(
                    found.map { .map(["store": .string($0.pin.store), "key": .string($0.pin.key)]) })
            default:
                outputs[port] = found.first { ExactText(text: $0.pin.name) == ExactText(text: port) }?.value
            }
        }
        return outputs
    }
}

/// The answers to several questions, until the last one has come. Any thread.
private final class Answers: Sendable {
    private struct State {
        var values: [Value?]
        var missingCount: Int
        /// About how many bytes all values have.
        var bytes = 0
        var error: (any Error)?
    }

    private let state: Mutex<State>

    init(count: Int) {
        state = Mutex(State(values: Array(repeating: nil, count: count), missingCount: count))
    }

    /// Takes an answer. With the last one it gives all answers, or the error of one of them. An item that does not
    /// exist, or cannot exist, is no error.
    func take(_ result: Result<Value?, KeyValueError>, at position: Int) -> Result<[Value?], any Error>? {
        state.withLock { state in
            do {
                let value = try result.ifStored()
                if value?.isDeeper(than: Limits.valueDepthMax - 1) == true { throw NodeFailure.tooDeep }
                state.bytes += value?.approximateBytes(upTo: Limits.nodeOutputBytesMax) ?? 0
                guard state.bytes <= Limits.nodeOutputBytesMax else { throw NodeFailure.tooLarge }
                state.values[position] = state.error == nil ? value : nil
            } catch KeyValueError.invalidKey {
                state.values[position] = nil
            } catch {
                state.error = error
                state.values = Array(repeating: nil, count: state.values.count)
            }
            state.missingCount -= 1
            guard state.missingCount == 0 else { return nil }
            return state.error.map { .failure($0) } ?? .success(state.values)
        }
    }
}
