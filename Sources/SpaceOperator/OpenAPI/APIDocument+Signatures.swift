// The description of the routes about signatures.

internal import Wire

extension APIDocument {
    static let signatureOperations: [APIOperation] = [
        APIOperation(
            method: .get, path: "/flow/signature_request/{id}", subject: "signatures",
            summary: "The first signature that a run still waits for; waits until there is one.",
            credentials: [.signedToken, .apiKey, .runToken], parameters: [runPath],
            answers: [
                .ok("Somebody must sign this.", .named(.signatureRequest)),
                .refused(404, "The run is not there, or has ended."),
            ]),
        APIOperation(
            method: .post, path: "/signature/submit", subject: "signatures",
            summary: "Gives a signature that was asked for.",
            body: APIOperation.Body(
                schema: .object([
                    .required("id", .integer()), .required("signature", .base58Of64),
                    .optional("new_msg", APISchema.text().orNull),
                ]), isRequired: true),
            answers: [
                .ok("It is right; the run goes on.", .success),
                .refused(404, "Nobody asks for it, or not any more."),
            ]),
    ]
}
