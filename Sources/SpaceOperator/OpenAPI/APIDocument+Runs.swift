// The description of the routes that start, stop and await runs, and of the routes on which runs take values.

internal import Wire

extension APIDocument {
    /// An integer or a UUID.
    static let flowID = APISchema.text(pattern: "^([1-9][0-9]{0,9}|[0-9A-Fa-f-]{32,36})$")
    static let flowPath = APIOperation.Parameter.path(
        "id", "A flow, by its number or its UUID.", flowID, example: "1")
    static let runPath = APIOperation.Parameter.path("id", "A run.", .uuid)

    static let inputs = APISchema.Member.optional("inputs", .named(.valueSet))
    static let outputInstructions = APISchema.Member.optional("output_instructions", .boolean)

    static let follow = APIOperation.Parameter.query(
        "follow", "Answer with the events of the run, as `/flow/events` does.",
        .oneOfTexts(["", "true", "1", "false", "0"]))

    static let started = APISchema.object([.required("flow_run_id", .uuid)])
    static let startedWithToken = APISchema.object([
        .required("flow_run_id", .uuid), .required("token", .text(pattern: "^fr-[0-9A-Za-z_-]{64}$")),
    ])

    static let runOperations: [APIOperation] = [
        APIOperation(
            method: .post, path: "/flow/start/{id}", subject: "runs", summary: "Starts a flow of the caller.",
            credentials: [.signedToken, .apiKey], parameters: [flowPath, follow],
            body: APIOperation.Body(
                schema: .object([
                    inputs, .optional("environment", .dictionary(.text())), outputInstructions,
                    .optional("partial_config", partialConfig.orNull),
                ]), isRequired: false),
            answers: [
                .ok("The run is durable and has begun.", started),
                .refused(404, "There is no such flow, or it is not the caller's."),
            ]),
        APIOperation(
            method: .post, path: "/flow/start_shared/{id}", subject: "runs",
            summary: "Starts a public flow, or one of the caller, for the caller.",
            credentials: [.signedToken, .apiKey], parameters: [flowPath, follow],
            body: APIOperation.Body(schema: .object([inputs, outputInstructions]), isRequired: false),
            answers: [
                .ok("The run is durable and has begun.", started),
                .refused(403, "The flow's owner has not allowed it (start_shared)."),
                .refused(404, "There is no such flow, or the caller must not see it."),
            ]),
        APIOperation(
            method: .post, path: "/flow/start_unverified/{id}", subject: "runs",
            summary: "Starts a public flow for somebody who only names a public key.",
            credentials: [.publicKey], parameters: [flowPath, follow],
            body: APIOperation.Body(
                schema: .object([
                    inputs, outputInstructions, .optional("action_identity", APISchema.publicKey.orNull),
                    .optional("action_config", actionConfig.orNull), .optional("fees", fees),
                ]), isRequired: false),
            answers: [
                .ok("The run is durable and has begun. Its token reads it.", startedWithToken),
                .refused(403, "The flow's owner has not allowed it (start_unverified)."),
                .refused(404, "There is no such flow, or it is not public."),
            ]),
        APIOperation(
            method: .post, path: "/flow/stop/{id}", subject: "runs", summary: "Ends a run early.",
            credentials: [.signedToken, .apiKey, .runToken], parameters: [runPath],
            body: APIOperation.Body(
                schema: .object([
                    .optional("timeout_millies", .integer(minimum: 0, maximum: 4_294_967_295)),
                    .optional("reason", APISchema.text().orNull),
                ]), isRequired: false),
            answers: [
                .ok("The run has been told; it ends a little later with its usual events.", .success),
                .refused(404, "There is no such run, or it has ended."),
            ]),
        paused("/flow/pause/{id}", "Lets no further node of a run start; those at work end."),
        paused("/flow/resume/{id}", "Lets nodes of a paused run start again."),
        APIOperation(
            method: .get, path: "/flow/output/{id}", subject: "runs",
            summary: "The output of a run; waits until the run has ended.",
            credentials: [.signedToken, .apiKey, .runToken], parameters: [runPath],
            answers: [
                .ok("The output, a map.", .named(.value)),
                .refused(404, "There is no such run, or it has no output."),
            ]),
        APIOperation(
            method: .get, path: "/flow/events/{id}", subject: "runs",
            summary: "The events of a run as they happen, from the first one or behind one that was seen.",
            credentials: [.signedToken, .apiKey, .runToken],
            parameters: [
                runPath,
                .query("after", "The number of the last event that was seen.", .integer(minimum: 0)),
                .query("token", "The credential, for clients that can send no header.", .text()),
                .header(
                    "Last-Event-ID", "The same as `after`, as browsers send it.", .text(pattern: "^[0-9]*$")),
                .header("Accept", "`application/x-ndjson` for lines instead of events.", .text()),
            ],
            answers: [
                APIOperation.Answer(
                    status: 200, summary: "The events, until the run has ended.", schema: .text(),
                    mediaTypes: ["text/event-stream", "application/x-ndjson"]),
                APIOperation.Answer(
                    status: 204, summary: "The run has ended, and everything was seen.", schema: nil),
                .refused(404, "There is no such run."),
            ]),
        APIOperation(
            method: .post, path: "/flow/submit/{key}", subject: "runs",
            summary: "Gives a run the value that it waits for, once.", parameters: [inputKey],
            body: APIOperation.Body(schema: .object([.required("value", .anything)]), isRequired: true),
            answers: [.ok("The run has it.", .null), .refused(404, "Nobody waits under this address.")]),
        APIOperation(
            method: .delete, path: "/flow/submit/{key}", subject: "runs",
            summary: "Tells a run that the value will not come.", parameters: [inputKey],
            answers: [.ok("The run knows.", .null), .refused(404, "Nobody waits under this address.")]),
    ]

    private static func paused(_ path: String, _ summary: String) -> APIOperation {
        APIOperation(
            method: .post, path: path, subject: "runs", summary: summary,
            credentials: [.signedToken, .apiKey, .runToken], parameters: [runPath],
            body: APIOperation.Body(
                schema: .object([.optional("reason", APISchema.text().orNull)]), isRequired: false),
            answers: [
                .ok("It is written down; the run does so a moment later, and its events tell.", .success),
                .refused(404, "There is no such run, or it has ended."),
            ])
    }

    /// `[[public key, lamports], …]`; the two are of different shapes, which this document says by their kinds only.
    static let fees = APISchema.array(.array(.either([.publicKey, .integer(minimum: 0)])))

    private static let inputKey = APIOperation.Parameter.path(
        "key", "64 hexadecimal digits, as in the address.", .text(pattern: "^[0-9A-Fa-f]{64}$"))

    private static let partialConfig = APISchema.object([
        .required("only_nodes", .array(.uuid)),
        .optional(
            "values_config",
            .object([
                .optional("nodes", .dictionary(.uuid)),
                .optional("default_run_id", APISchema.uuid.orNull),
            ])),
    ])

    private static let actionConfig = APISchema.object([
        .required("action_signer", .publicKey), .required("action_identity", .publicKey),
    ])
}
