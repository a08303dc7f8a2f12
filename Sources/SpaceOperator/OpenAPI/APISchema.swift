// The shape of a JSON value, as OpenAPI 3.1 says it (JSON Schema 2020-12). Pure values.

internal import Wire

/// A schema, built from the few shapes that the routes use.
indirect enum APISchema: Sendable {
    /// Text; the keywords narrow it.
    case text(format: String? = nil, pattern: String? = nil, maxLength: Int? = nil)
    case oneOfTexts([String])
    case integer(minimum: Int? = nil, maximum: Int? = nil)
    case number
    case boolean
    case null
    case array(APISchema)
    /// An object with these members; `isOpen` if others may be there.
    case object([Member], isOpen: Bool = true)
    /// An object whose members all are of one shape, whatever their names.
    case dictionary(APISchema)
    case either([APISchema])
    /// One of the shapes that are described once for the whole document.
    case named(Name)
    case anything

    /// A member of an object.
    struct Member: Sendable {
        let name: String
        let schema: APISchema
        let isRequired: Bool

        /// A member that is always there.
        static func required(_ name: String, _ schema: APISchema) -> Member {
            Member(name: name, schema: schema, isRequired: true)
        }

        /// A member that may be missing.
        static func optional(_ name: String, _ schema: APISchema) -> Member {
            Member(name: name, schema: schema, isRequired: false)
        }
    }

    /// What the document describes once.
    enum Name: String, CaseIterable, Sendable {
        case error = "Error"
        case authError = "AuthError"
        case tableError = "TableError"
        case value = "Value"
        case valueSet = "ValueSet"
        case signatureRequest = "SignatureRequest"
        case session = "Session"
        case user = "User"
        case wallet = "Wallet"
    }

    /// A UUID in its usual form.
    static let uuid = APISchema.text(format: "uuid")
    /// 32 bytes in Base58.
    static let publicKey = APISchema.text(pattern: "^[1-9A-HJ-NP-Za-km-z]{32,44}$")
    /// 64 bytes in Base58.
    static let base58Of64 = APISchema.text(pattern: "^[1-9A-HJ-NP-Za-km-z]{64,88}$")
    /// `{"success":true}`.
    static let success = APISchema.object([.required("success", .boolean)])

    /// The same, or null.
    var orNull: APISchema { .either([self, .null]) }

    /// The schema as JSON.
    var json: JSONValue {
        switch self {
        case .text(let format, let pattern, let maxLength):
            .members([
                ("type", "string"), ("format", format.map { .string($0) }),
                ("pattern", pattern.map { .string($0) }), ("maxLength", maxLength.map { .integer($0) }),
            ])
        case .oneOfTexts(let texts): ["type": "string", "enum": .array(texts.map { .string($0) })]
        case .integer(let minimum, let maximum):
            .members([
                ("type", "integer"), ("minimum", minimum.map { .integer($0) }),
                ("maximum", maximum.map { .integer($0) }),
            ])
        case .number: ["type": "number"]
        case .boolean: ["type": "boolean"]
        case .null: ["type": "null"]
        case .array(let element): ["type": "array", "items": element.json]
        case .object(let members, let isOpen): APISchema.object(members, isOpen)
        case .dictionary(let schema): ["type": "object", "additionalProperties": schema.json]
        case .either(let schemas): ["anyOf": .array(schemas.map(\.json))]
        case .named(let name): ["$ref": .string("#/components/schemas/\(name.rawValue)")]
        case .anything: [:]
        }
    }

    private static func object(_ members: [Member], _ isOpen: Bool) -> JSONValue {
        let required = members.filter(\.isRequired).map { JSONValue.string($0.name) }
        return .members([
            ("type", "object"),
            ("properties", .object(JSONObject(members.map { (key: $0.name, value: $0.schema.json) }))),
            ("required", required.isEmpty ? nil : .array(required)),
            ("additionalProperties", isOpen ? nil : false),
        ])
    }
}

extension JSONValue {
    /// An object of those members that are there.
    static func members(_ members: [(String, JSONValue?)]) -> JSONValue {
        .object(JSONObject(members.compactMap { name, value in value.map { (key: name, value: $0) } }))
    }
}
