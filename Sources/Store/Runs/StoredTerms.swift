// What a run needs to go on at another server and no other column of its row holds. Pure.

internal import Chain
internal import Engine
internal import Primitives
internal import Values
internal import Wire

/// The column `terms` of a run. The deployment stands here as well as in its own column. That column becomes null when
/// the deployment is deleted, but the run still is not a run of the live flow.
struct StoredTerms {
    var deployment: DeploymentID?
    var fees: [FlowFee] = []
    var action: FlowAction?

    /// The terms of a run that has none.
    init() {}

    /// The terms of a run; nil if it has none.
    init?(_ record: RunRecord) {
        let terms = record.terms.chain
        guard record.deployment != nil || !terms.fees.isEmpty || terms.action != nil else { return nil }
        deployment = record.deployment
        fees = terms.fees
        action = terms.action
    }

    /// Reads a stored column; nil if it cannot be read.
    init?(_ json: [UInt8]) {
        guard let tree = try? JSONValue.parse(json), let fees = [FlowFee](json: tree["fees"] ?? .array([]))
        else {
            return nil
        }
        self.fees = fees
        if let text = tree["deployment"]?.string {
            guard let id = DeploymentID(text) else { return nil }
            deployment = id
        }
        if let action = tree["action"] {
            guard let identity = action["identity"].flatMap({ Bytes32(base58: $0) }) else { return nil }
            self.action = FlowAction(
                identity: identity, signer: action["signer"].flatMap { Bytes32(base58: $0) })
        }
    }

    var json: [UInt8] {
        var members: [JSONObject.Entry] = []
        if let deployment { members.append((key: "deployment", value: .string(deployment.text))) }
        if !fees.isEmpty { members.append((key: "fees", value: fees.json)) }
        if let action {
            var keys: [JSONObject.Entry] = [(key: "identity", value: action.identity.base58)]
            if let signer = action.signer { keys.append((key: "signer", value: signer.base58)) }
            members.append((key: "action", value: .object(JSONObject(keys))))
        }
        return JSONWriter.encode(.object(JSONObject(members)))
    }
}

extension [FlowFee] {
    /// Pairs of a public key and an amount, as seed 002 has them; nil for anything else.
    init?(json: JSONValue) {
        guard let pairs = json.array else { return nil }
        var fees: [FlowFee] = []
        for pair in pairs {
            guard let parts = pair.array, parts.count == 2, let receiver = Bytes32(base58: parts[0]),
                let lamports = parts[1].number?.integer(UInt64.self)
            else { return nil }
            fees.append(FlowFee(receiver: receiver, lamports: lamports))
        }
        self = fees
    }

    fileprivate var json: JSONValue {
        .array(map { [$0.receiver.base58, .integer($0.lamports)] })
    }
}

extension Bytes32 {
    /// The key of a Base58 text; nil for anything else.
    init?(base58 json: JSONValue) {
        guard let text = json.string, let bytes = Base58.decode(text) else { return nil }
        self.init(bytes)
    }

    fileprivate var base58: JSONValue { .string(Base58.encode(bytes)) }
}
