// The statements about deployments.

internal import Chain
internal import Engine
internal import Identity
internal import Postgres
internal import Primitives
internal import Values
internal import Wire

/// What starts and owners ask about deployments. The live row is read each time.
enum DeploymentStatements {
    static let reads: [any ListedStatement] = [byID, byTag, byTagOfUUID, snapshots]

    static let byID = Statement<DeploymentID, DeploymentRow?>("deployment_by_id", on: .commands) { q in
        let id = q.parameter(.deployment) { $0 }
        return deployment("WHERE d.id = \(id)", &q)
    }

    static let byTag = Statement<(flow: Int32, tag: String), DeploymentRow?>(
        "deployment_by_tag", on: .commands
    ) { q in
        let flow = q.parameter(.integer) { $0.flow }
        let tag = q.parameter(.text) { $0.tag }
        return deployment(
            """
            JOIN flow_deployments_tags t ON t.deployment_id = d.id
            WHERE t.entrypoint = \(flow) AND t.tag = \(tag)
            """, &q)
    }

    /// The flow itself may be gone: its other name is read from the frozen copies. Another user may have given this
    /// name to a flow of their own since then. The name still means the deployments of its first owner, of which the
    /// newest counts.
    static let byTagOfUUID = Statement<(flow: UniqueID, tag: String), DeploymentRow?>(
        "deployment_by_tag_of_uuid", on: .commands
    ) { q in
        let flow = q.parameter(.uuid) { $0.flow }
        let tag = q.parameter(.text) { $0.tag }
        return deployment(
            """
            JOIN flow_deployments_tags t ON t.deployment_id = d.id
            JOIN flow_deployments_flows e ON e.deployment_id = d.id AND e.flow_id = d.entrypoint
            WHERE e.flow_uuid = \(flow) AND t.tag = \(tag) AND d.user_id = (
                SELECT o.user_id FROM flow_deployments_flows o WHERE o.flow_uuid = \(flow)
                ORDER BY o.deployment_id LIMIT 1)
            ORDER BY d.id DESC LIMIT 1
            """, &q)
    }

    private static func deployment<Input>(
        _ which: String, _ q: inout StatementBuilder<Input>
    ) -> StatementBody<DeploymentRow?> {
        let id = q.column("d.id", .deployment)
        let owner = q.column("d.user_id", .user)
        let entrypoint = q.column("d.entrypoint", .integer)
        let permission = q.column("d.start_permission #>> '{}'", .permission)
        let collects = q.column("d.output_instructions", .bool)
        let network = q.column("d.solana_network::json", .network)
        let fees = q.column("d.fees::json", .json)
        let identity = q.column("d.action_identity", .optional(.text))
        let revision = q.column("md5(d::text)", .text)
        let flows = q.column(
            """
            (SELECT json_agg(json_build_object(
                'number', f.flow_id, 'uuid', f.flow_uuid, 'hash', encode(f.snapshot_hash, 'hex'),
                'reads', f.read_enabled, 'resumes', f.on_crash = 'resume'))
            FROM flow_deployments_flows f WHERE f.deployment_id = d.id)
            """, .optional(.frozenFlows))
        let hasWallet = q.column("has_hardcoded_wallet(d.user_id, d.action_identity)", .optional(.bool))
        return q.first("SELECT \(q.columns) FROM flow_deployments d \(which)") { row throws(PostgresError) in
            var problems: [String] = []
            let fees = [FlowFee](bytes: try row[fees])
            if fees == nil {
                problems.append("fees of the deployment: expected pairs of a public key and an amount")
            }
            let identityText = try row[identity]
            let identity = identityText.flatMap { Bytes32(base58: .string($0)) }
            if identityText != nil, identity == nil {
                problems.append("action_identity of the deployment: expected a public key")
            } else if identity != nil, try row[hasWallet] != true {
                problems.append(
                    "action_identity of the deployment: its owner must have a hard-coded wallet of this key")
            }
            return DeploymentRow(
                id: try row[id], owner: try row[owner], entrypoint: try row[entrypoint],
                permission: try row[permission], collectsActs: try row[collects],
                terms: ChainTerms(network: try row[network], fees: fees ?? [], identity: identity),
                problems: problems,
                revision: try row[revision], flows: try row[flows] ?? [])
        }
    }

    static let snapshots = Statement<[[UInt8]], [FlowSnapshot]>("snapshots", on: .commands, .upkeep) { q in
        let hashes = q.parameter(.array(.bytea)) { $0 }
        let snapshot = q.record(of: SnapshotTable.snapshots, "s")
        return q.all("SELECT \(q.columns) FROM flow_snapshots s WHERE s.hash = ANY (\(hashes))") {
            row throws(PostgresError) in
            try snapshot(row)
        }
    }

    /// Makes a deployment. Nil if one of the flows is not as it is meant to be.
    static let deploy = Statement<DeploymentDraft, DeploymentID?>("deploy_flows", on: .userContent) { q in
        let owner = q.parameter(.user) { $0.owner }
        let entrypoint = q.parameter(.integer) { $0.entrypoint }
        let network = q.parameter(.jsonb) { RunText.network($0.terms.chain.network) }
        let numbers = q.parameter(.array(.integer)) { $0.flows.map(\.number) }
        let versions = q.parameter(.array(.bigint)) { $0.flows.map(\.version) }
        let hashes = q.parameter(.array(.bytea)) { $0.flows.map(\.snapshot.hash) }
        let documents = q.parameter(.array(.json)) { $0.flows.map(\.snapshot.document) }
        let wallets = q.parameter(.array(.text)) { draft in
            Set(draft.belongings.compactMap { ($0 as? StaticWallet)?.key }).map { Base58.encode($0.bytes) }
        }
        let made = q.column(
            """
            deploy_flows(\(owner), \(entrypoint), \(network), \(numbers), \(versions), \(hashes), \(documents),
                \(wallets))
            """, .optional(.deployment))
        return q.one("SELECT \(q.columns)", made)
    }
}

extension CellType where Value == StartPermission {
    fileprivate static var permission: CellType { .word("permission of a deployment") }
}

extension CellType where Value == FlowNetwork {
    fileprivate static var network: CellType {
        CellType<[UInt8]>.json.checked(
            "network of a deployment", { RunText.network($0) }, { RunText.network($0) })
    }
}

extension [FlowFee] {
    fileprivate init?(bytes: [UInt8]) {
        guard let tree = try? JSONValue.parse(bytes) else { return nil }
        self.init(json: tree)
    }
}

extension CellType where Value == [FrozenFlow] {
    /// The flows of a deployment as its statement gathers them; only read.
    fileprivate static var frozenFlows: CellType {
        CellType<[UInt8]>.json.mapped(
            { bytes throws(PostgresError) in
                guard let trees = (try? JSONValue.parse(bytes))?.array else {
                    throw .unreadable("list of flows of a deployment")
                }
                var flows: [FrozenFlow] = []
                for tree in trees {
                    guard let number = tree["number"]?.number?.integer(Int32.self),
                        let uuid = tree["uuid"]?.string.flatMap({ UniqueID($0) }),
                        let hash = tree["hash"]?.string.flatMap({ Hexadecimal.decode($0) }),
                        let reads = tree["reads"]?.bool, let resumes = tree["resumes"]?.bool
                    else { throw .unreadable("flow of a deployment") }
                    flows.append(
                        FrozenFlow(
                            number: number, uuid: uuid, snapshotHash: hash, readEnabled: reads,
                            resumesOnCrash: resumes))
                }
                return flows
            }, { _ in [] })
    }
}
