// The description of the routes about deployments and copies of flows.

internal import Wire

extension APIDocument {
    static let deploymentQuery: [APIOperation.Parameter] = [
        .query("id", "The deployment.", .uuid),
        .query("flow", "The flow it was made from; goes before id.", flowID),
        .query("tag", "Which of the flow's deployments; latest if it is left out.", .text()),
    ]

    static let deploymentOperations: [APIOperation] = [
        APIOperation(
            method: .post, path: "/flow/deploy/{id}", subject: "deployments",
            summary: "Freezes a flow of the caller and all that it runs.",
            credentials: [.signedToken, .apiKey],
            parameters: [flowPath],
            answers: [
                .ok("The tag latest points to it.", .object([.required("deployment_id", .uuid)])),
                .refused(404, "There is no such flow, or it is not the caller's."),
            ]),
        APIOperation(
            method: .post, path: "/flow/clone/{id}", subject: "deployments",
            summary: "Copies a flow and all that it runs for the caller.",
            credentials: [.signedToken, .apiKey],
            parameters: [flowPath],
            answers: [
                .ok(
                    "The new flow, and which flow became which.",
                    .object([.required("flow_id", .uuid), .required("id_map", .dictionary(.uuid))])),
                .refused(404, "There is no such flow, or the caller must not see it."),
            ]),
        APIOperation(
            method: .post, path: "/deployment/start", subject: "deployments", summary: "Starts a deployment.",
            credentials: [.signedToken, .apiKey, .publicKey], parameters: deploymentQuery + [follow],
            body: APIOperation.Body(
                schema: .object(
                    [
                        .optional("inputs", APISchema.named(.valueSet).orNull),
                        .optional("action_signer", actionSigner.orNull), outputInstructions,
                    ], isOpen: false), isRequired: false),
            answers: [
                .ok("The run is durable and has begun. Its token reads it.", startedWithToken),
                .refused(404, "There is no such deployment, or the caller may not start it."),
            ]),
    ]

    /// A key as Solana's libraries write it.
    private static let actionSigner = APISchema.either([
        .publicKey, .base58Of64, .array(.integer(minimum: 0, maximum: 255)),
        .object([.required("public_key", .anything)]),
    ])
}
