// The OpenAPI document of this dialect: all operations, and what they share. Made once, when the dialect is.

internal import Dialect
internal import Primitives
internal import Wire

/// What `/openapi.json` serves (OpenAPI 3.1).
enum APIDocument {
    static var operations: [APIOperation] {
        serviceOperations + accountOperations + runOperations + deploymentOperations + readOperations
            + signatureOperations + contentOperations + fileOperations + tableOperations + socketOperations
    }

    /// The document as JSON.
    ///
    /// - Parameter version: of this build.
    static func json(version: String) -> [UInt8] {
        var paths: [JSONObject.Entry] = []
        for operation in operations {
            let entry = (key: operation.method.name.lowercased(), value: operation.json)
            if let index = paths.firstIndex(where: { $0.key == operation.path }) {
                let others = paths[index].value.object?.entries ?? []
                paths[index].value = .object(JSONObject(others + [entry]))
            } else {
                paths.append((key: operation.path, value: .object(JSONObject([entry]))))
            }
        }
        return JSONWriter.encode([
            "openapi": "3.1.0",
            "info": [
                "title": "flowd", "version": .string(version),
                "summary": "Runs flows and tells what happens in them.",
                "description": """
                Inputs and outputs are tagged values; inputs may also be plain JSON. Every refusal is an object with \
                one member, error, except under /rest/v1. Events come over the WebSocket /ws; its messages are nothing \
                that such a document can describe.
                """,
            ],
            "servers": [["url": "/"]],
            "paths": .object(JSONObject(paths)),
            "components": [
                "schemas": .object(
                    JSONObject(
                        APISchema.Name.allCases.map { (key: $0.rawValue, value: $0.definition.json) })),
                "securitySchemes": securitySchemes,
            ],
        ])
    }

    private static let securitySchemes: JSONValue = [
        "signedToken": [
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "The access token of a session: HS256, with the prefix Bearer.",
        ],
        "apiKey": [
            "type": "apiKey", "in": "header", "name": "x-api-key",
            "description": "b3- and 43 characters. Authorization: Bearer b3-… will do, too.",
        ],
        "publicKey": [
            "type": "apiKey", "in": "header", "name": "Authorization",
            "description":
                "A public key in Base58, which is claimed and not proved; the prefix Bearer may stand before it.",
        ],
        "runToken": [
            "type": "apiKey", "in": "header", "name": "Authorization",
            "description":
                "The token of a run, fr- and 64 characters; the prefix Bearer may stand before it.",
        ],
        "anonKey": [
            "type": "apiKey", "in": "header", "name": "apikey", "description": "anon_key of /info.",
        ],
    ]
}

extension APISchema.Name {
    fileprivate var definition: APISchema {
        switch self {
        case .error: .object([.required("error", .text())], isOpen: false)
        case .authError:
            .object([.required("error", .text()), .required("error_code", .text())], isOpen: false)
        case .tableError:
            .object([
                .required("code", .text()), .required("message", .text()),
                .required("details", APISchema.anything), .required("hint", APISchema.anything),
            ])
        case .value: APISchema.value
        case .valueSet: .dictionary(.anything)
        case .signatureRequest:
            .object([
                .required("id", .integer(minimum: 1)), .required("time", .integer(minimum: 0)),
                .required("token", .null), .required("pubkey", .publicKey), .required("message", .text()),
                .required("timeout", .number),
                .required("kind", .oneOfTexts(["message", "transaction_message"])),
                .required("flow_run_id", .uuid),
                .required(
                    "signatures",
                    APISchema.array(
                        .object([.required("pubkey", .publicKey), .required("signature", .base58Of64)])
                    ).orNull),
            ])
        case .session:
            .object([
                .required("access_token", .text()), .required("token_type", .oneOfTexts(["bearer"])),
                .required("expires_in", .integer(minimum: 0)), .required("expires_at", .integer(minimum: 0)),
                .required("refresh_token", .text()), .required("user", .named(.user)),
            ])
        case .user:
            .object([
                .required("id", .uuid), .required("aud", .text()), .required("role", .text()),
                .required("email", .text()), .required("created_at", .text()),
                .required("app_metadata", .object([])),
                .required("user_metadata", .object([.required("pubkey", .publicKey)])),
            ])
        case .wallet:
            .object([
                .required("id", .integer(minimum: 1)), .required("name", .text()),
                .required("public_key", .publicKey), .required("user_id", .uuid),
            ])
        }
    }
}

extension APISchema {
    /// A tagged value: one member, whose name is the kind.
    fileprivate static var value: APISchema {
        let texts = ["S", "U", "I", "U1", "I1", "F", "D", "B3", "B6", "BY"]
        return .either(
            texts.map { .object([.required($0, .text())], isOpen: false) } + [
                .object([.required("N", .integer(minimum: 0, maximum: 0))], isOpen: false),
                .object([.required("B", .boolean)], isOpen: false),
                .object([.required("A", .array(.named(.value)))], isOpen: false),
                .object([.required("M", .dictionary(.named(.value)))], isOpen: false),
            ])
    }
}
