// The description of the routes about the server itself.

internal import Wire

extension APIDocument {
    static let serviceOperations: [APIOperation] = [
        APIOperation(
            method: .get, path: "/healthcheck", subject: "service",
            summary: "Whether the server and its storage work.",
            answers: [.ok("Both do.", .success)]),
        APIOperation(
            method: .get, path: "/info", subject: "service",
            summary: "What clients must know of this server.",
            answers: [
                .ok(
                    "Addresses and the public key of this installation.",
                    .object([
                        .required("supabase_url", .text(format: "uri")), .required("anon_key", .text()),
                        .required("base_url", .text(format: "uri")),
                        .required(
                            "iroh",
                            .object([
                                .required("node_id", .text()), .required("relay_url", .text(format: "uri")),
                                .required("direct_addresses", .array(.text())),
                            ])),
                    ]))
            ]),
        fixed("/nodes", "The definitions of all kinds of nodes, for editors.", .array(.object([]))),
        fixed("/openapi.json", "This document.", .object([])),
    ]

    /// The operations that become a socket with their first answer.
    static let socketOperations: [APIOperation] = [
        APIOperation(
            method: .get, path: "/ws", subject: "events",
            summary: "Opens a WebSocket for the events of runs; who asks is said in its messages.",
            parameters: [
                .header(
                    "Upgrade", "websocket, with the other headers of RFC 6455.", .text(), isRequired: true)
            ],
            answers: [
                APIOperation.Answer(
                    status: 101, summary: "From here on messages go both ways.", schema: nil),
                APIOperation.Answer(status: 400, summary: "This is no upgrade to a WebSocket.", schema: nil),
                APIOperation.Answer(
                    status: 426, summary: "The WebSocket is to have another version.", schema: nil,
                    headers: [("Sec-WebSocket-Version", "The version that it may have.")]),
            ])
    ]

    private static func fixed(_ path: String, _ summary: String, _ schema: APISchema) -> APIOperation {
        APIOperation(
            method: .get, path: path, subject: "service", summary: summary,
            parameters: [.header("If-None-Match", "The tag of what the caller has.", .text())],
            answers: [
                APIOperation.Answer(
                    status: 200, summary: "The document.", schema: schema,
                    headers: [("ETag", "Changes when the document does.")]),
                APIOperation.Answer(status: 304, summary: "The caller has it already.", schema: nil),
            ])
    }
}
