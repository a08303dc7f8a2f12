// The description of the routes about callers: API keys, wallet login, sessions.

internal import Wire

extension APIDocument {
    static let accountOperations: [APIOperation] = keyOperations + loginOperations + sessionOperations

    private static let keyOperations: [APIOperation] = [
        APIOperation(
            method: .post, path: "/apikey/create", subject: "accounts", summary: "Makes an API key.",
            credentials: [.signedToken],
            body: APIOperation.Body(schema: .object([.required("name", .text())]), isRequired: true),
            answers: [
                .ok(
                    "The key, shown this once.",
                    .object([
                        .required("full_key", .text(pattern: "^b3-[0-9A-Za-z_-]{43}$")),
                        .required("key_hash", .text()), .required("trimmed_key", .text()),
                        .required("name", .text()), .required("user_id", .uuid),
                        .required("created_at", .text()),
                    ]))
            ]),
        APIOperation(
            method: .post, path: "/apikey/delete", subject: "accounts",
            summary: "Deletes an API key; it stops working at once.", credentials: [.signedToken],
            body: APIOperation.Body(schema: .object([.required("key_hash", .text())]), isRequired: true),
            answers: [
                .ok("It is gone.", .object([])), .refused(404, "The caller has no such key."),
            ]),
        APIOperation(
            method: .get, path: "/apikey/info", subject: "accounts", summary: "Whose API key this is.",
            credentials: [.apiKey], answers: [.ok("Its user.", .object([.required("user_id", .uuid)]))]),
    ]

    private static let loginOperations: [APIOperation] = [
        APIOperation(
            method: .post, path: "/auth/init", subject: "accounts",
            summary: "Asks for a message to sign in with.",
            credentials: [.anonKey],
            body: APIOperation.Body(schema: .object([.required("pubkey", .publicKey)]), isRequired: true),
            answers: [
                .ok("Good for a minute.", .object([.required("msg", .text())], isOpen: false))
            ]),
        APIOperation(
            method: .post, path: "/auth/confirm", subject: "accounts",
            summary: "Signs in with the signed message.",
            credentials: [.anonKey],
            body: APIOperation.Body(schema: .object([.required("token", .text())]), isRequired: true),
            answers: [
                .ok(
                    "A session.",
                    .object([.required("session", .named(.session)), .required("new_user", .boolean)])),
                .refused(429, "Too many new users in a short time."),
            ]),
        APIOperation(
            method: .post, path: "/auth/claim_token", subject: "accounts",
            summary: "Gives a session for an API key.",
            credentials: [.apiKey],
            answers: [
                .ok(
                    "A session.",
                    .object([
                        .required("user_id", .uuid), .required("access_token", .text()),
                        .required("refresh_token", .text()), .required("expires_at", .integer(minimum: 0)),
                    ]))
            ]),
    ]

    private static let sessionOperations: [APIOperation] = [
        APIOperation(
            method: .post, path: "/auth/v1/token", subject: "accounts",
            summary: "Gives a new access token for a refresh token, which is used up by that.",
            parameters: [
                .query(
                    "grant_type", "The one grant there is.", .oneOfTexts(["refresh_token"]), isRequired: true)
            ],
            body: APIOperation.Body(schema: .object([.required("refresh_token", .text())]), isRequired: true),
            answers: [.ok("The session goes on.", .named(.session)), sessionRefused(400)]),
        APIOperation(
            method: .get, path: "/auth/v1/user", subject: "accounts", summary: "The user of a session.",
            credentials: [.signedToken], answers: [.ok("The user.", .named(.user)), sessionRefused(401)]),
        APIOperation(
            method: .post, path: "/auth/v1/logout", subject: "accounts", summary: "Ends sessions.",
            credentials: [.signedToken],
            parameters: [.query("scope", "Which ones.", .oneOfTexts(["local", "global", "others"]))],
            answers: [
                APIOperation.Answer(status: 204, summary: "They have ended.", schema: nil),
                sessionRefused(400), sessionRefused(401),
            ]),
    ]

    /// In the shape that Supabase's clients tell errors apart by.
    private static func sessionRefused(_ status: Int) -> APIOperation.Answer {
        APIOperation.Answer(
            status: status, summary: "It will not do; error_code tells why.",
            schema: .either([.named(.authError), .named(.error)]))
    }
}
