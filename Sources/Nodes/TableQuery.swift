// A query to a PostgREST server, as the object that goes from node to node (spec nodes 2.8). Pure value.

internal import Engine
internal import Values
internal import Wire

/// `{method, url, schema?, queries: [[name, value]], headers: [[name, value]], body?, is_rpc}`. Other members of the
/// object stay in it. Values are kept as they came, so that a secret stays one until the query is sent.
struct TableQuery {
    static let input = InputPort("query", types: ["object"])
    static let output = OutputPort("query", type: "object")

    var entries: ValueMap

    /// Takes over a query that another node has made.
    init(_ entries: ValueMap) {
        self.entries = entries
    }

    /// A new query: GET of the base address in `inputs` with a path added (spec nodes 6.52).
    init(_ inputs: ValueMap, path: [String]) throws {
        guard let base = try inputs.optional("url", as: String.self), !base.isEmpty else {
            throw NodeFailure("url is not given, and this server has no tables of its own")
        }
        // The segments `.` and `..` would leave the base address.
        guard !path.contains("."), !path.contains("..") else {
            throw NodeFailure("a table or function cannot be called . or ..")
        }
        var url = base[...]
        while url.hasSuffix("/") { url = url.dropLast() }
        let names = path.map { "/" + PercentEncoding.segment($0) }.joined()
        entries = ["method": .string("GET"), "url": .string(url + names)]
        if let schema = try inputs.optional("schema", as: String.self) { entries["schema"] = .string(schema) }
        entries["queries"] = .array([])
        entries["headers"] = .array([])
        entries["is_rpc"] = .bool(false)
    }

    var outputs: ValueMap { ["query": .map(entries)] }

    /// Adds an item to the URL's query.
    mutating func add(_ name: String, _ value: String) throws {
        try add([(name, value)])
    }

    /// Adds items to the URL's query. Each call goes over all that are there.
    mutating func add(_ items: [PairList.Pair]) throws {
        let added = items.map { Value.array([.string($0.name), .string($0.value)]) }
        entries["queries"] = .array(try pairs("queries") + added)
    }

    /// Sets a header in place of others of its name.
    mutating func setHeader(_ name: String, _ value: String) throws {
        let others = try pairs("headers").filter { pair in
            guard case .array(let pair) = pair, case .string(let other) = pair.first else { return true }
            return other.lowercased() != name.lowercased()
        }
        entries["headers"] = .array(others + [.array([.string(name), .string(value)])])
    }

    /// The request that the query stands for.
    ///
    /// - Parameter added: headers that take the place of the query's own.
    func request(with added: [PairList.Pair]) throws -> OutboundRequest {
        let method = HTTPMethod(anyCase: try entries.optional("method") ?? "GET").name
        let isReading = method == "GET" || method == "HEAD"
        var url = try HTTPURL(try entries.required("url", as: String.self))
        for (name, value) in try PairList.read("queries", of: entries) { try url.addQueryItem(name, value) }
        let replaced = Set(added.map { $0.name.lowercased() })
        let own = try PairList.read("headers", of: entries).filter {
            !replaced.contains($0.name.lowercased())
        }
        var headers = HTTPHeaders(own + added)
        if headers["accept"] == nil { headers.add("Accept", "application/json") }
        if let schema = try entries.optional("schema", as: String.self) {
            headers[isReading ? "Accept-Profile" : "Content-Profile"] = schema
        }
        if headers["authorization"] == nil, let credentials = url.credentials {
            headers.add(
                "Authorization",
                HTTPClientRequest.basicAuthorization(
                    user: credentials.user, password: credentials.password))
        }
        if !isReading, headers["content-type"] == nil { headers.add("Content-Type", "application/json") }
        return OutboundRequest(
            method: method, url: url.text, headers: headers.fields,
            body: try entries.optional("body", as: Value.self).map { $0.requestJSON })
    }

    /// The pairs of an entry, each an array of two.
    private func pairs(_ name: String) throws -> [Value] {
        switch entries[name] ?? .null {
        case .null: return []
        case .array(let pairs): return pairs
        case .map(let map): return map.entries.map { .array([.string($0.key), $0.value]) }
        default: throw NodeFailure("query: \(name) must be an array of pairs")
        }
    }
}

extension Value {
    /// The value as the content of a request. A text is JSON already, because queries from elsewhere carry their
    /// content so.
    fileprivate var requestJSON: [UInt8] {
        if case .string(let text) = self { return Array(text.utf8) }
        return ValueJSON.plain(from: self, bytes: .text).encoded
    }
}
