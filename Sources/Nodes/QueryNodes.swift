// Nodes that build a query to a PostgREST server step by step and send it (spec nodes 2.8).

internal import Engine
internal import Primitives
internal import Values
internal import Wire

/// The kinds around PostgREST. A query is a plain object that goes from node to node; see `TableQuery`.
enum QueryNodes {
    static func kinds(_ services: NodeServices) -> [NodeKind] {
        [newQuery, newCall] + builders.map(\.kind) + [execute(services.outbound)]
    }

    private static let target = [
        InputPort(
            "url", types: ["string"], required: false,
            tooltip: "The server's base address, to which the name is added."),
        InputPort("schema", types: ["string"], required: false),
    ]

    private static let newQuery = NodeKind.computing(
        "postgrest", "postgrest_new_query", summary: "Begins a query of a table.",
        inputs: target + [InputPort("table", types: ["string"])], outputs: [TableQuery.output]
    ) { call in
        try TableQuery(call.inputs, path: [try call.inputs.required("table")]).outputs
    }

    private static let newCall = NodeKind.computing(
        "postgrest", "postgrest_new_rpc", summary: "Begins a call of a function.",
        inputs: target + [InputPort("function", types: ["string"]), InputPort("params")],
        outputs: [TableQuery.output]
    ) { call in
        var query = try TableQuery(call.inputs, path: ["rpc", try call.inputs.required("function")])
        query.entries["method"] = .string("POST")
        query.entries["body"] = try call.inputs.required("params", as: Value.self)
        query.entries["is_rpc"] = .bool(true)
        return query.outputs
    }

    private static let builders = [
        QueryBuilder("select", "Chooses columns.", inputs: [text("columns")]) { inputs, query in
            try query.add("select", inputs.required("columns"))
        },
        comparison("eq", "Keeps rows whose column equals a value."),
        comparison("neq", "Keeps rows whose column differs from a value."),
        comparison("is", "Keeps rows whose column is null, true, false or unknown."),
        QueryBuilder(
            "not", "Keeps rows for which a condition does not hold.",
            inputs: [
                text("operator"), text("column"),
                InputPort(
                    "filter", types: ["string", "number", "bool", "array"],
                    tooltip: "What stands behind the operator; for the operator in, perhaps an array."),
            ]
        ) { inputs, query in
            let condition = QueryCondition(
                try inputs.required("operator"), try inputs.required("filter", as: Value.self))
            try query.add(inputs.required("column"), condition.text(isNegated: true))
        },
        QueryBuilder(
            "match", "Keeps rows that have the given values in the given columns.",
            inputs: [InputPort("body", types: ["object"])]
        ) { inputs, query in
            let columns = try inputs.required("body", as: ValueMap.self).entries
            try query.add(
                columns.map { column in
                    guard column.value.scalarText != nil else {
                        throw NodeFailure(
                            "body: each value must be a text, a number, a boolean, a key or null")
                    }
                    return (column.key, try QueryCondition("eq", column.value).text())
                })
        },
        QueryBuilder("order", "Orders rows.", inputs: [text("columns")]) { inputs, query in
            try query.add("order", inputs.required("columns"))
        },
        QueryBuilder(
            "limit", "Gives at most so many rows.", inputs: [InputPort("count", types: ["u64"])]
        ) { inputs, query in
            let count = try inputs.required("count", as: UInt64.self)
            guard count > 0 else { throw NodeFailure("count must be at least 1") }
            try query.setHeader("Range-Unit", "items")
            try query.setHeader("Range", "0-\(count - 1)")
        },
        change("insert", "Adds rows.", method: "POST", types: ["array", "object"]),
        change(
            "upsert", "Adds rows, or changes those that are there.", method: "POST",
            types: ["array", "object"], prefer: "return=representation, resolution=merge-duplicates"),
        change("update", "Changes rows.", method: "PATCH", types: ["object"]),
    ]

    private static func text(_ name: String) -> InputPort { InputPort(name, types: ["string"]) }

    private static func comparison(_ name: String, _ summary: String) -> QueryBuilder {
        let filter = InputPort(
            "filter", types: ["string", "number", "bool"], tooltip: "Null asks whether there is a value.")
        return QueryBuilder(name, summary, inputs: [text("column"), filter]) { inputs, query in
            let condition = QueryCondition(name, try inputs.required("filter", as: Value.self))
            try query.add(inputs.required("column"), condition.text())
        }
    }

    private static func change(
        _ name: String, _ summary: String, method: String, types: [String],
        prefer: String = "return=representation"
    ) -> QueryBuilder {
        QueryBuilder(name, summary, inputs: [InputPort("body", types: types)]) { inputs, query in
            query.entries["body"] = try inputs.required("body", as: Value.self)
            query.entries["method"] = .string(method)
            try query.setHeader("Prefer", prefer)
        }
    }

    /// May use secrets in headers and body, as `http_request` does.
    private static func execute(_ outbound: any OutboundClient) -> NodeKind {
        .asking(
            name: "@spo/postgrest.postgrest_execute_query.0.1", aliases: ["postgrest_execute_query"],
            summary: "Sends a query and gives its result.",
            inputs: [
                TableQuery.input,
                InputPort("headers", required: false, tooltip: "An array of pairs, or an object."),
            ],
            outputs: [OutputPort("result"), OutputPort("headers", type: "object")], conduct: .sendingRequest
        ) { call in
            let request = try call.inputs.usingSecrets { inputs in
                try TableQuery(inputs.required("query"))
                    .request(with: PairList.read("headers", of: inputs))
            }
            try call.context.requireReadable(request)
            outbound.send(request, cancellation: call.cancellation) { reply in
                call.end { try outputs(of: reply.get()) }
            }
        }
    }

    private static func outputs(of response: OutboundResponse) throws -> ValueMap {
        let content = AnswerContent(response)
        guard response.isSuccess else {
            let text = content.quoted
            throw NodeFailure(text.isEmpty ? "status code: \(response.status)" : text)
        }
        return ["result": try content.value, "headers": response.headerMap]
    }
}

/// A row of the table of query builders, with what the builder adds to a query.
struct QueryBuilder: Sendable {
    let kind: NodeKind

    init(
        _ name: String, _ summary: String, inputs: [InputPort],
        add: @escaping @Sendable (ValueMap, inout TableQuery) throws -> Void
    ) {
        kind = .computing(
            "postgrest", "postgrest_builder_\(name)", summary: summary,
            inputs: [TableQuery.input] + inputs, outputs: [TableQuery.output]
        ) { call in
            var query = TableQuery(try call.inputs.required("query"))
            try add(call.inputs, &query)
            return query.outputs
        }
    }
}
