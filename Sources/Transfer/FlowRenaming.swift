// Renames the references of imported flows to other flows and wallets that got new ids. Pure value.

public import Primitives
public import Wire

/// The new ids of imported flows and wallets, by their ids in the export.
public struct FlowRenaming: Sendable {
    /// By UUID, if it had to change.
    public var flowUUIDs: [UniqueID: UniqueID] = [:]
    /// By number, if it had to change. Numbers are those of this export only: another installation's 7 is no flow here.
    public var flowNumbers: [Int64: Int64] = [:]
    public var wallets: [Int64: Int64] = [:]
    /// Whether flow 94 is the one with the UUID 00000000-0000-0000-0000-00000000005e, as in documents of the first
    /// generation that were turned into the later form (spec flow-engine 1.7).
    public var numbersStandForUUIDs = false

    public init() {}

    /// The nodes of a row with their references renamed; nil if nothing is to change, so that the text stays as it is.
    ///
    /// It looks into the configurations of all three forms of a node, and needs to know no kind. So the references of a
    /// flow that this server cannot run yet are renamed as well.
    public func rename(_ nodes: JSONValue) -> JSONValue? {
        guard case .array(let trees) = nodes else { return nil }
        var isChanged = false
        let renamed = trees.map { tree in
            guard let node = rename(node: tree) else { return tree }
            isChanged = true
            return node
        }
        return isChanged ? .array(renamed) : nil
    }

    private func rename(node: JSONValue) -> JSONValue? {
        guard let data = node["data"], let kind = data["node_id"]?.string else { return nil }
        let change: (JSONValue) -> JSONValue?
        let names: [String]
        // Names of kinds come alone or with their author and version around them.
        if kind == "wallet" || kind.hasSuffix(".wallet.0.1") {
            (names, change) = (["wallet_id"], { self.rename(wallet: $0) })
        } else if kind.split(separator: "/").last?.hasPrefix("interflow") == true
            || kind.contains(".interflow")
        {
            // The first generation called a flow's number `id`.
            (names, change) = (["flow_id", "id"], { self.rename(flow: $0) })
        } else {
            return nil
        }
        let renamed = names.reduce(data) { data, name in
            FlowRenaming.configurations.reduce(data) { $0.replacing($1 + [name], by: change) ?? $0 }
        }
        return renamed == data ? nil : node.replacing(["data"]) { _ in renamed }
    }

    /// Where the three forms of a node have its configuration.
    private static let configurations = [
        ["config"], ["targets_form", "form_data"], ["targets_form.form_data"],
    ]

    private func rename(flow value: JSONValue) -> JSONValue? {
        value.replacingScalar { text in
            if let uuid = UniqueID(text) { return flowUUIDs[uuid]?.text }
            guard let number = Int64(text) else { return nil }
            if let known = flowNumbers[number] { return String(known) }
            guard numbersStandForUUIDs, let number = UInt64(exactly: number), number > 0 else { return nil }
            return UniqueID(high: 0, low: number).text
        }
    }

    private func rename(wallet value: JSONValue) -> JSONValue? {
        value.replacingScalar { text in Int64(text).flatMap { wallets[$0] }.map(String.init) }
    }
}

extension JSONValue {
    /// The same tree with the value at a path changed; nil if there is none or it shall stay.
    fileprivate func replacing(_ path: [String], by change: (JSONValue) -> JSONValue?) -> JSONValue? {
        guard let name = path.first else { return change(self) }
        guard case .object(var object) = self,
            // Of equal names the last one counts.
            let index = object.entries.lastIndex(where: { $0.key == name }),
            let value = object.entries[index].value.replacing(Array(path.dropFirst()), by: change)
        else { return nil }
        object.entries[index].value = value
        return .object(object)
    }

    /// The same value with another text or number in it: plain, or tagged as values are.
    fileprivate func replacingScalar(_ change: (String) -> String?) -> JSONValue? {
        switch self {
        case .string(let text): return change(text).map { .string($0) }
        case .number(let number):
            return number.integer(Int64.self).flatMap { change(String($0)) }.map { text in
                Int64(text).map { .integer($0) } ?? .string(text)
            }
        case .object(let object):
            guard object.count == 1, let (tag, value) = object.entries.first,
                ["S", "U", "I", "D", "U1", "I1"].contains(tag), let changed = value.replacingScalar(change)
            else { return nil }
            let isNumber = changed.string.map { Int64($0) != nil } ?? true
            return .object(JSONObject([(key: isNumber ? tag : "S", value: changed)]))
        default: return nil
        }
    }
}
