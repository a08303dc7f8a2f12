// Rows about deployments as values. Pure.

internal import Engine
internal import Postgres
internal import Primitives
internal import Values
internal import Wire

/// Readers of the rows of `DeploymentStatements`; each throws if a row is not what its statement selects.
enum DeploymentRows {
    static func deployment(_ rows: PostgresRows) throws(PostgresError) -> DeploymentRow? {
        guard rows.count > 0 else { return nil }
        let row = rows[0]
        guard let permission = StartPermission(rawValue: try row.text(3)),
            let network = LeftRunRows.network(try row.bytes(5)),
            let flows = row.isNull(9) ? [] : flows(try row.bytes(9))
        else { throw CatalogRows.unreadable("deployment") }
        var problems: [String] = []
        let fees = (try? JSONValue.parse(try row.bytes(6))).flatMap { [FlowFee](json: $0) }
        if fees == nil {
            problems.append("fees of the deployment: expected pairs of a public key and an amount")
        }
        let identity = row.isNull(7) ? nil : Bytes32(base58: .string(try row.text(7)))
        if identity == nil, !row.isNull(7) {
            problems.append("action_identity of the deployment: expected a public key")
        } else if identity != nil, !(try row.bool(10)) {
            problems.append(
                "action_identity of the deployment: its owner must have a hard-coded wallet of this key")
        }
        return DeploymentRow(
            id: DeploymentID(try row.uuid(0)), owner: UserID(try row.uuid(1)), entrypoint: try row.integer(2),
            permission: permission, collectsInstructions: try row.bool(4), network: network, fees: fees ?? [],
            actionIdentity: identity, problems: problems, revision: try row.text(8), flows: flows)
    }

    static func snapshots(_ rows: PostgresRows) throws(PostgresError) -> [FlowSnapshot] {
        var snapshots: [FlowSnapshot] = []
        for index in 0..<rows.count {
            snapshots.append(
                FlowSnapshot(hash: try rows[index].bytes(0), document: try rows[index].bytes(1)))
        }
        return snapshots
    }

    /// Rows whose key is no public key are left out: they can be nobody's wallet.
    static func wallets(_ rows: PostgresRows) throws(PostgresError) -> [WalletRow] {
        var wallets: [WalletRow] = []
        for index in 0..<rows.count {
            let row = rows[index]
            guard let key = Bytes32(base58: .string(try row.text(2))) else { continue }
            wallets.append(
                WalletRow(
                    id: try row.bigint(0), owner: UserID(try row.uuid(1)), key: key, isKept: try row.bool(3)))
        }
        return wallets
    }

    /// Nil if one of the flows was not as it was meant to be.
    static func made(_ rows: PostgresRows) throws(PostgresError) -> DeploymentID? {
        guard rows.count > 0, !rows[0].isNull(0) else { return nil }
        return DeploymentID(try rows[0].uuid(0))
    }

    private static func flows(_ bytes: [UInt8]) -> [FrozenFlow]? {
        guard let trees = (try? JSONValue.parse(bytes))?.array else { return nil }
        let flows = trees.compactMap { tree -> FrozenFlow? in
            guard let number = tree["number"]?.number?.integer(Int32.self),
                let uuid = tree["uuid"]?.string.flatMap({ UniqueID($0) }),
                let hash = tree["hash"]?.string.flatMap({ Hexadecimal.decode($0) }),
                let reads = tree["reads"]?.bool, let resumes = tree["resumes"]?.bool
            else { return nil }
            return FrozenFlow(
                number: number, uuid: uuid, snapshotHash: hash, readEnabled: reads, resumesOnCrash: resumes)
        }
        return flows.count == trees.count ? flows : nil
    }
}
