// The description of the routes that give a flow's output at once.

internal import Wire

extension APIDocument {
    static let readOperations: [APIOperation] =
        read(
            "/flow/read/{id}", "A flow of the caller", [.signedToken, .apiKey], [flowPath],
            [.refused(404, "There is no such flow, or it is not the caller's.")])
        + read(
            "/flow/read_shared/{id}", "A public flow, or one of the caller", [.signedToken, .apiKey],
            [flowPath], [.refused(404, "There is no such flow, or the caller must not see it.")])
        + read(
            "/flow/read_unverified/{id}", "A public flow, for somebody who only names a public key",
            [.publicKey], [flowPath], [.refused(404, "There is no such flow, or it is not public.")])
        + read(
            "/deployment/read", "A deployment", [.signedToken, .apiKey, .publicKey], deploymentQuery,
            [.refused(404, "There is no such deployment, or the caller may not start it.")])

    private static func read(
        _ path: String, _ what: String, _ credentials: [APIOperation.Credential],
        _ parameters: [APIOperation.Parameter], _ refusals: [APIOperation.Answer]
    ) -> [APIOperation] {
        let answers =
            [
                APIOperation.Answer(
                    status: 200, summary: "The output, a map.", schema: .named(.value), headers: headers),
                APIOperation.Answer(
                    status: 304, summary: "The caller has it already.", schema: nil, headers: headers),
                .refused(403, "The owner has not allowed it."),
                .refused(408, "The flow did not end within 30 seconds."),
                .refused(409, "A node of the flow may change something."),
            ] + refusals
        let tag = APIOperation.Parameter.header(
            "If-None-Match", "The tag of the output that the caller has.", .text())
        return [
            APIOperation(
                method: .get, path: path, subject: "reads",
                summary: "\(what), run for its output, which is remembered for a while.",
                credentials: credentials,
                parameters: parameters + [
                    .query("inputs", "A JSON object of inputs.", .text()),
                    .query("skip_cache", "Run it in any case.", .oneOfTexts(["true", "false"])), tag,
                ], answers: answers),
            APIOperation(
                method: .post, path: path, subject: "reads", summary: "The same, for long inputs.",
                credentials: credentials, parameters: parameters + [tag],
                body: APIOperation.Body(
                    schema: .object(
                        [inputs, .optional("skip_cache", .boolean)], isOpen: path != "/deployment/read"),
                    isRequired: false), answers: answers),
        ]
    }

    private static let headers = [
        (name: "ETag", summary: "The tag of the output."),
        (name: "Cache-Control", summary: "private, with how long the output is good."),
        (name: "Last-Modified", summary: "When the output was computed."),
    ]
}
