// The description of the routes about what users keep: items, wallets, and exports.

internal import Wire

extension APIDocument {
    static let contentOperations: [APIOperation] = [
        keyValue(
            "/kv/create_store", "Makes a store.", [], .success,
            [.refused(412, "There is one of this name."), full]),
        keyValue("/kv/delete_store", "Deletes a store with its items.", [], .success, [unknown]),
        keyValue(
            "/kv/write_item", "Writes an item.", [key, .required("value", .anything)],
            .object([.required("old_value", APISchema.named(.value).orNull)]), [unknown, full]),
        keyValue(
            "/kv/read_item", "Reads an item.", [key], .object([.required("value", .named(.value))]), [unknown]
        ),
        keyValue(
            "/kv/delete_item", "Deletes an item.", [key],
            .object([.required("old_value", .named(.value))]), [unknown]),
        APIOperation(
            method: .post, path: "/wallets/upsert", subject: "wallets",
            summary: "Adds a wallet of the caller, or changes the one with this id.",
            credentials: [.signedToken],
            body: APIOperation.Body(
                schema: .object([
                    .optional("id", .integer(minimum: 1)), .optional("public_key", .publicKey),
                    .optional("type", .oneOfTexts(["ADAPTER", "HARDCODED"])), .optional("name", .text()),
                    .optional("user_id", .uuid), .optional("adapter", APISchema.text().orNull),
                    .optional("description", APISchema.text().orNull),
                    .optional("icon", APISchema.text().orNull), .optional("purpose", APISchema.text().orNull),
                    .optional("keypair", APISchema.base58Of64.orNull),
                ]), isRequired: true),
            answers: [
                .ok("The wallet as it is now; its key is never given out.", .array(.named(.wallet))),
                APIOperation.Answer(
                    status: 201, summary: "The new wallet.", schema: .array(.named(.wallet))),
                .refused(403, "The wallet would be somebody else's."),
                .refused(404, "The caller has no wallet of this id."),
                .refused(409, "The caller has a wallet of this key already."),
            ]),
        APIOperation(
            method: .post, path: "/data/export", subject: "data",
            summary: "Everything that the caller may take along to another installation.",
            credentials: [.signedToken, .apiKey],
            body: APIOperation.Body(
                schema: .object([.optional("passphrase", APISchema.text(pattern: "^.{12,1024}$").orNull)]),
                isRequired: false),
            answers: [
                .ok(
                    "A table of the format as text for each name; secrets are in it, sealed, if there was a passphrase.",
                    .dictionary(.text())),
                .refused(403, "A passphrase came with an API key, or the export is too large for an answer."),
            ]),
        APIOperation(
            method: .post, path: "/data/import", subject: "data",
            summary:
                "Takes an export over, all of it or nothing. For the owner of the server, or for whoever has its service key.",
            credentials: [.signedToken],
            parameters: [
                .header("X-Passphrase", "Opens the secrets of the export.", .text(pattern: "^.{12,1024}$"))
            ],
            body: APIOperation.Body(schema: .dictionary(.text()), isRequired: true),
            answers: [
                .ok(
                    "What came of each table and of single rows.",
                    .object([.required("success", .boolean), .required("report", .array(.text()))])),
                .refused(403, "Somebody else than the owner asks."),
            ]),
    ]

    private static let key = APISchema.Member.required("key", .text())
    private static let unknown = APIOperation.Answer.refused(404, "There is no such store or item.")
    private static let full = APIOperation.Answer.refused(403, "What the user may keep is full.")

    private static func keyValue(
        _ path: String, _ summary: String, _ members: [APISchema.Member], _ answer: APISchema,
        _ refusals: [APIOperation.Answer]
    ) -> APIOperation {
        APIOperation(
            method: .post, path: path, subject: "items", summary: summary,
            credentials: [.signedToken, .apiKey],
            body: APIOperation.Body(
                schema: .object(
                    [.required("store", .text(pattern: "^[a-zA-Z][a-zA-Z0-9_-]{0,119}$"))] + members),
                isRequired: true),
            answers: [.ok("Done.", answer)] + refusals)
    }
}
