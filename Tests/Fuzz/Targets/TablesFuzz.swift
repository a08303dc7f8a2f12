// Rules of requests to tables. The input is like a request: method and target, headers, an empty line, the body; lines
// end with line feeds.

import Primitives
import Tables
import Wire

extension FuzzTarget {
    static let tables = FuzzTarget("tables") { input in
        guard let request = TableRules.request(of: input) else { return }
        let query: TableQuery
        do throws(TableError) {
            query = try TableQuery(request, table: request.target.segments.last ?? "")
        } catch {
            return try TableRules.check(error)
        }
        for caller in [TableCaller.user(UserID(.zero)), .anonymous] {
            try TableRules.check(query, caller, request.body)
        }
    }
}

private enum TableRules {
    private static let rowsMax = 1_000
    private static let outputsMax = 128

    /// The request of an input; nil if no decoder of requests would let it through.
    static func request(of input: [UInt8]) -> HTTPRequest? {
        var rest = input[...]
        func line() -> [UInt8] {
            let line = rest.prefix { $0 != 10 }
            rest = rest.dropFirst(line.count + 1)
            return Array(line)
        }
        let first = line().split(separator: 32, maxSplits: 1).map { String(decoding: $0, as: UTF8.self) }
        guard first.count == 2, let target = HTTPTarget(first[1]) else { return nil }
        var headers = HTTPHeaders()
        while !rest.isEmpty {
            let field = line()
            guard !field.isEmpty else { break }
            guard field.allSatisfy({ $0 >= 32 && $0 != 127 }), let colon = field.firstIndex(of: 58) else {
                return nil
            }
            headers.add(
                String(decoding: field[..<colon], as: UTF8.self),
                String(decoding: field[(colon + 1)...].drop { $0 == 32 }, as: UTF8.self))
        }
        return HTTPRequest(
            method: HTTPMethod(first[0]), target: target, headers: headers, body: Array(rest))
    }

    static func check(_ query: TableQuery, _ caller: TableCaller, _ body: [UInt8]) throws {
        let request: TableRequest
        do throws(TableError) {
            request = try TableRequest(query, caller: caller, body: body)
        } catch {
            return try check(error)
        }
        if case .anonymous = caller, case .read = request.action {
        } else {
            try expect(caller != .anonymous, "nobody changes a table")
        }
        try check(request.selection)
        try expect((request.rows?.count ?? 0) <= rowsMax, "there are too many rows")
        let object = Array(#"[{"id":1,"user_id":"a","name":"b"}]"#.utf8)
        let count = request.rows?.count ?? 1
        for reply in [
            request.immediateReply, TableReply(rows: object, count: 1, total: 1, isCut: false),
            TableReply(rows: [0x5B, 0x5D], count: 0, total: nil, isCut: false),
            TableReply(rows: object, count: count, total: Int64(count), isCut: true),
            TableReply(rows: [0x5B, 0x5D], count: 0, total: 0, isCut: false, obstacle: .foreignNumber),
        ] {
            guard let reply else { continue }
            let response: HTTPResponse
            do throws(TableError) { response = try request.response(reply) } catch {
                response = error.response
            }
            try check(response)
        }
    }

    private static func check(_ selection: TableSelection) throws {
        try expect(selection.outputs.count <= outputsMax, "there are too many columns")
        try expect(
            Set(selection.outputs.map(\.name)).count == selection.outputs.count, "a name is there twice")
        try expect((0...Int64(rowsMax)).contains(selection.range.limit), "too many rows are wanted")
        try expect(selection.range.offset >= 0, "a range begins before the first row")
        for embedded in selection.embedded { try check(embedded.selection) }
    }

    static func check(_ error: TableError) throws {
        try expect(!error.message.isEmpty && !error.code.isEmpty, "an error says nothing")
        try check(error.response)
        try expect(error.response.body.count < 16_384, "an error is long: \(error)")
        _ = try expect("an error is JSON") { try JSONValue.parse(error.response.body) }
    }

    /// Answers have no line that a client has made.
    private static func check(_ response: HTTPResponse) throws {
        for field in response.headers.fields {
            try expect(
                field.value.utf8.allSatisfy { $0 >= 32 && $0 != 127 },
                "header \(field.name) has a control character")
        }
    }
}
