import Primitives
import Testing
import Wire

@testable import Tables

/// What a selection embeds, with what is asked of it.
private func said(_ selection: TableSelection) -> String {
    let outputs = selection.outputs.map { output in
        switch output.content {
        case .field(let field):
            output.name + (output.name == field.column.name ? "" : "=\(field.column.name)")
        case .embedded(let index): said(selection.embedded[index])
        }
    }
    let order = selection.order.map { " by \($0.field.column.name)" }.joined()
    let range = selection.range == .all ? "" : " \(selection.range.offset)+\(selection.range.limit)"
    let filters = selection.conditions.isEmpty ? "" : " if \(selection.conditions.count)"
    return outputs.joined(separator: ",") + filters + order + range
}

private func said(_ embedded: EmbeddedTable) -> String {
    "\(embedded.name)\(embedded.isMany ? "[]" : "")\(embedded.isInner ? "!" : "")(\(said(embedded.selection)))"
}

private func select(_ table: String, _ text: String, _ rest: String = "") throws(TableError) -> String {
    said(try tableQuery(.get, "\(table)?select=\(PercentEncoding.form(text))\(rest)").selection)
}

@Suite struct `An embedded table` {
    @Test(arguments: [
        ("flow_deployments", "id,flow_deployments_tags(tag)", "id,flow_deployments_tags[](tag)"),
        ("flow_deployments_tags", "tag,flows(name)", "tag,flows(name)"),
        ("flow_deployments_tags", "x:flows!inner(n:name), d:flow_deployments ( id )", "x!(n=name),d(id)"),
        ("flow_deployments_tags", "entrypoint(name)", "entrypoint(name)"),
        ("flow_deployments_tags", "flows!entrypoint(id),flows_v2!left(id)", "flows(id),flows_v2(id)"),
        ("flow_deployments_tags", "flows!flow_deployments_tags_entrypoint_fkey!inner(id)", "flows!(id)"),
        (
            "flow_run", "id,node_run(times,flow_run_logs(content)),flows(name)",
            "id,node_run[](times,flow_run_logs[](content)),flows(name)"
        ),
        (
            "flows", "id,parent:parent_flow(name),copies:flows!parent_flow(name)",
            "id,parent(name),copies[](name)"
        ),
        ("flow_run", "id,flow_run_shared()", "id"),
        (
            "kvstore", "key,kvstore_metadata(user_quotas(credit))",
            "key,kvstore_metadata(user_quotas(credit))"
        ),
    ])
    func `stands along a reference`(table: String, text: String, meaning: String) throws {
        #expect(try select(table, text) == meaning)
    }

    @Test func `has filters, an order and a piece of its own`() throws {
        #expect(
            try select(
                "flows", "id,x:flow_run(id,node_run(times))",
                "&x.status=eq.failed&x.or=(id.is.null,status.eq.a)&x.order=id.desc&x.limit=5&x.offset=2"
                    + "&x.node_run.times=gt.1&x.node_run.limit=1&flow_run.call_depth=eq.0&x.limit=7")
                == "id,x[](id,node_run[](times if 1 0+1) if 3 by id 2+7)")
        #expect(
            try select("flows", "id,flow_run()", "&flow_run=is.null&or=(flow_run.not.is.null,id.eq.1)")
                == "id if 2")
    }

    @Test(arguments: [
        ("flows", "wallets(id)", "PGRST200"), ("flows", "nothing(id)", "PGRST200"),
        ("flows", "flow_run!nothing(id)", "PGRST200"), ("flows", "flows(id)", "PGRST201"),
        ("flow_run", "flow_run(id)", "PGRST201"), ("flows", "flow_run(id", "PGRST100"),
        ("flows", "id)", "PGRST100"),
        ("flows", "flow_run", "42703"), ("flows", "flow_run!inner", "PGRST100"),
        ("flows", "flow_run(nothing)", "42703"),
        ("flows", "...flow_run(id)", "PGRST100"), ("flows", "flow_run(id.sum())", "PGRST123"),
        ("flows", "flow_run(id::text)", "PGRST100"), ("flows", "flow_run(id)x", "PGRST100"),
        ("flows", "(id)", "PGRST200"),
        ("flows", "flow_run(node_run(flow_run(node_run(flow_run(id)))))", "PGRST100"),
    ])
    func `is refused with the rule that it breaks`(table: String, text: String, code: String) {
        #expect(refusal { () throws(TableError) in try select(table, text) } == code)
    }

    @Test func `is bounded`() {
        let many = repeatElement("flow_run(id)", count: Limits.tableEmbeddingsMax + 1).joined(separator: ",")
        #expect(refusal { () throws(TableError) in try select("flows", many) } == "PGRST100")
        let open = String(repeating: "flow_run(node_run(", count: 2_500)
        #expect(refusal { () throws(TableError) in try select("flows", open) } == "PGRST100")
        let filters = repeatElement("&flow_run.id=is.null", count: Limits.tableFiltersMax + 1).joined()
        #expect(
            refusal { () throws(TableError) in try select("flows", "flow_run(id)", filters) } == "PGRST100")
        #expect(
            refusal { () throws(TableError) in try select("flows", "flow_run(id)", "&flow_run.limit=-1") }
                == "PGRST103")
    }

    /// Otherwise a column could be embedded whose table does not have it.
    @Test func `is related by columns that exist`() throws {
        for relationship in TableRelationship.all {
            let (table, target) = (
                TableDefinition.named(relationship.table), TableDefinition.named(relationship.target)
            )
            #expect(relationship.columns.count == relationship.keys.count)
            for column in relationship.columns { #expect(table.column(column) != nil, "\(relationship)") }
            for key in relationship.keys { #expect(target.column(key) != nil, "\(relationship)") }
        }
    }
}
