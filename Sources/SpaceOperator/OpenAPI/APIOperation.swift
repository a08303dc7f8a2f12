// The description of one route. Pure values.

internal import Dialect
internal import Wire

/// A route as its users must know it.
struct APIOperation: Sendable {
    /// The credentials that a route may accept.
    enum Credential: String, CaseIterable, Sendable {
        case signedToken, apiKey, publicKey, runToken, anonKey
    }

    struct Parameter: Sendable {
        enum Place: String, Sendable { case path, query, header }

        let name: String
        let place: Place
        let summary: String
        let schema: APISchema
        var isRequired = false
        var example: JSONValue?

        static func path(
            _ name: String, _ summary: String, _ schema: APISchema, example: JSONValue? = nil
        ) -> Parameter {
            Parameter(
                name: name, place: .path, summary: summary, schema: schema, isRequired: true, example: example
            )
        }

        static func query(
            _ name: String, _ summary: String, _ schema: APISchema, isRequired: Bool = false
        ) -> Parameter {
            Parameter(name: name, place: .query, summary: summary, schema: schema, isRequired: isRequired)
        }

        static func header(
            _ name: String, _ summary: String, _ schema: APISchema, isRequired: Bool = false
        ) -> Parameter {
            Parameter(name: name, place: .header, summary: summary, schema: schema, isRequired: isRequired)
        }
    }

    struct Body: Sendable {
        let schema: APISchema
        let isRequired: Bool
    }

    struct Answer: Sendable {
        let status: Int
        let summary: String
        /// Nil for an answer without a body.
        let schema: APISchema?
        var mediaTypes = ["application/json"]
        var headers: [(name: String, summary: String)] = []
    }

    let method: HTTPMethod
    let path: String
    let subject: String
    let summary: String
    /// The accepted credentials; any one of them suffices. Empty if the route asks for none.
    var credentials: [Credential] = []
    var parameters: [Parameter] = []
    var body: Body?
    var answers: [Answer]
}

extension APIOperation.Answer {
    /// A refusal, with what it means here.
    static func refused(_ status: Int, _ summary: String) -> APIOperation.Answer {
        APIOperation.Answer(status: status, summary: summary, schema: .named(.error))
    }

    static func ok(_ summary: String, _ schema: APISchema) -> APIOperation.Answer {
        APIOperation.Answer(status: 200, summary: summary, schema: schema)
    }
}

extension APIOperation {
    /// The operation as JSON.
    var json: JSONValue {
        .members([
            ("operationId", .string(identifier)),
            ("tags", [.string(subject)]),
            ("summary", .string(summary)),
            ("security", security),
            ("parameters", parameters.isEmpty ? nil : .array(parameters.map(\.json))),
            ("requestBody", body?.json),
            ("responses", responses),
        ])
    }

    /// Such as `postFlowStartId`.
    private var identifier: String {
        let words = path.split { !$0.isLetter && !$0.isNumber }
        return method.name.lowercased()
            + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private var security: JSONValue {
        .array(credentials.map { [$0.rawValue: []] })
    }

    /// The answers of the route, and those that any request may get.
    private var responses: JSONValue {
        var all = answers
        if !credentials.isEmpty { all.append(.refused(401, "No credential that does.")) }
        all += [
            .refused(400, "The request breaks a rule; the text names it."),
            .refused(413, "The body is larger than 2 MiB, or than 256 KiB where nobody proves to be a user."),
            .refused(431, "The headers are too large."),
            .refused(503, "The server cannot answer now; Retry-After says when to try again."),
        ]
        var entries: [JSONObject.Entry] = []
        for answer in all where !entries.contains(where: { $0.key == "\(answer.status)" }) {
            entries.append((key: "\(answer.status)", value: answer.json))
        }
        return .object(JSONObject(entries.sorted { $0.key < $1.key }))
    }
}

extension APIOperation.Parameter {
    fileprivate var json: JSONValue {
        .members([
            ("name", .string(name)), ("in", .string(place.rawValue)), ("description", .string(summary)),
            ("required", .bool(isRequired)), ("schema", schema.json), ("example", example),
        ])
    }
}

extension APIOperation.Body {
    fileprivate var json: JSONValue {
        [
            "required": .bool(isRequired),
            "content": ["application/json": ["schema": schema.json]],
        ]
    }
}

extension APIOperation.Answer {
    fileprivate var json: JSONValue {
        let content = schema.map { schema in
            JSONValue.object(
                JSONObject(
                    mediaTypes.map { (key: $0, value: ["schema": schema.json]) }))
        }
        let fields = JSONObject(
            headers.map {
                (key: $0.name, value: ["description": .string($0.summary), "schema": ["type": "string"]])
            })
        return .members([
            ("description", .string(summary)),
            ("headers", headers.isEmpty ? nil : .object(fields)),
            ("content", content),
        ])
    }
}
