// From storage's reply to the answer of HTTP. Pure.

public import Wire

extension TableRequest {
    /// The answer to a request without any rows, which needs no storage; nil for other requests.
    public var immediateReply: TableReply? {
        guard let rows, rows.isEmpty else { return nil }
        return TableReply(
            rows: mediaType.form == .csv ? [] : Array("[]".utf8), count: 0, total: 0, isCut: false)
    }

    /// The answer to the client.
    ///
    /// - Throws: if the number of rows that storage found is not one that the request allows.
    public func response(_ reply: TableReply) throws(TableError) -> HTTPResponse {
        var response =
            switch action {
            case .read: try readResponse(reply)
            case .insert, .insertMissing, .merge, .mergeNumbered, .insertMissingNumbered:
                try insertResponse(reply)
            case .update, .delete: try changeResponse(reply)
            }
        if let appliedPreferences { response.headers.add("Preference-Applied", appliedPreferences) }
        return response
    }

    /// Storage tells no number if it has not found a flow that a row names.
    private func checkFlows(_ reply: TableReply) throws(TableError) {
        let flows = lookedUpColumns
        guard flows.isEmpty || reply.total != nil else { throw .unknownFlow(flows) }
    }

    private func checkObstacle(_ reply: TableReply) throws(TableError) {
        switch reply.obstacle {
        case nil: return
        case .foreignNumber: throw .rowDenied(table)
        case .keptColumn(let index): throw .columnDenied(keptColumns[index], of: table, .update)
        }
    }

    /// Storage counts the rows of a change before it makes it.
    private func checkAffected(_ reply: TableReply) throws(TableError) {
        guard let affectedMax, let total = reply.total, total > affectedMax else { return }
        throw .tooManyAffected(total)
    }

    private func readResponse(_ reply: TableReply) throws(TableError) -> HTTPResponse {
        let offset = selection.range.offset
        if let total = reply.total, offset > total {
            throw TableError(
                .rangeNotSatisfiable, "PGRST103", "Requested range not satisfiable",
                details: "An offset of \(offset) was requested, but there are only \(total) rows")
        }
        let isPart = reply.isCut || reply.total.map { Int64(reply.count) < $0 } == true
        var response = try content(reply, isPart ? .partialContent : .ok)
        response.headers.add("Content-Range", contentRange(reply))
        return response
    }

    private func insertResponse(_ reply: TableReply) throws(TableError) -> HTTPResponse {
        try checkFlows(reply)
        try checkObstacle(reply)
        switch action {
        case .merge(let rows, _), .mergeNumbered(let rows, _):
            guard reply.total == Int64(rows.count) else { throw .rowDenied(table) }
        default: break
        }
        try checkAffected(reply)
        var response = returns == .representation ? try content(reply, .created) : HTTPResponse(.created)
        if returns == .headersOnly, let location = location(reply) {
            response.headers.add("Location", location)
        }
        response.headers.add("Content-Range", "*/\(totalText(reply))")
        return response
    }

    private func changeResponse(_ reply: TableReply) throws(TableError) -> HTTPResponse {
        try checkFlows(reply)
        try checkObstacle(reply)
        try checkAffected(reply)
        var response = returns == .representation ? try content(reply, .ok) : HTTPResponse(.noContent)
        response.headers.add(
            "Content-Range", action == .delete ? "*/\(totalText(reply))" : contentRange(reply))
        return response
    }

    private func content(_ reply: TableReply, _ status: HTTPStatus) throws(TableError) -> HTTPResponse {
        let type = HTTPHeaders([(name: "Content-Type", value: mediaType.name)])
        guard wantsOne else {
            return HTTPResponse(status, headers: type, body: reply.rows)
        }
        let count = max(Int64(reply.count), action == .read ? 0 : reply.total ?? 0)
        guard count == 1, reply.count == 1 else { throw .notOne("\(count)") }
        // The element without the brackets around it.
        return HTTPResponse(status, headers: type, body: Array(reply.rows.dropFirst().dropLast()))
    }

    /// `first-last/total`, with a star for what is not known (RFC 9110 section 14.4).
    private func contentRange(_ reply: TableReply) -> String {
        guard reply.count > 0 else { return "*/\(totalText(reply))" }
        let first = action == .read ? selection.range.offset : 0
        return "\(first)-\(first + Int64(reply.count) - 1)/\(totalText(reply))"
    }

    private func totalText(_ reply: TableReply) -> String {
        counts ? reply.total.map { "\($0)" } ?? "*" : "*"
    }

    /// The address of the one row that was made. The answer to such a request shows the key.
    private func location(_ reply: TableReply) -> String? {
        guard let row = try? JSONValue.parse(reply.rows).array, row.count == 1 else { return nil }
        let filters = table.key.compactMap { name -> String? in
            guard let value = row[0][name] else { return nil }
            return "\(name)=eq.\(PercentEncoding.form(value.string ?? value.text))"
        }
        return "/rest/v1/\(table.name.rawValue)?" + filters.joined(separator: "&")
    }
}
