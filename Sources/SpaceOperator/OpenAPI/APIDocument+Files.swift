// The description of the routes about files.

internal import Wire

extension APIDocument {
    static let fileOperations: [APIOperation] = [
        reading("/public", "A file of the bucket user-public-storages.", []),
        APIOperation(
            method: .get, path: object + "/sign" + file, subject: "files",
            summary: "A file whose owner has signed this address.",
            parameters: path + [
                .query("token", "What the signed address has.", .text(), isRequired: true), download,
            ],
            answers: content + [
                .refused(400, "The token is not for this file, or its time is over."), absent,
            ]),
        APIOperation(
            method: .post, path: object + "/sign" + file, subject: "files",
            summary: "Signs an address under which a file can be read for a while.", credentials: user,
            parameters: path,
            body: APIOperation.Body(
                schema: .object([.required("expiresIn", .integer(minimum: 1))]), isRequired: true),
            answers: [
                .ok("The address, behind /storage/v1.", .object([.required("signedURL", .text())])), absent,
            ]),
        reading("/authenticated", "A file of the caller.", user),
        reading("", "A file of the caller.", user),
        writing(.post, "Stores a file; with the header x-upsert: true in place of one that is there."),
        writing(.put, "Stores a file in place of the one that is there."),
        APIOperation(
            method: .delete, path: object + file, subject: "files", summary: "Deletes a file.",
            credentials: user, parameters: path,
            answers: [.ok("Done.", .object([.required("message", .text())])), absent]),
    ]

    private static let object = "/storage/v1/object"
    private static let file = "/{bucket}/{path}"
    private static let user: [APIOperation.Credential] = [.signedToken, .apiKey]
    private static let path: [APIOperation.Parameter] = [
        .path("bucket", "The bucket.", .text()),
        .path("path", "The path in it; slashes may stay as they are.", .text()),
    ]
    private static let download = APIOperation.Parameter.query(
        "download", "Browsers save the file, under this name if it is not empty.", .text())
    private static let absent = APIOperation.Answer.refused(404, "There is no such file.")
    private static let content = [
        APIOperation.Answer(
            status: 200, summary: "The file, with its own type.", schema: .text(), mediaTypes: ["*/*"]),
        APIOperation.Answer(status: 304, summary: "The caller has it: If-None-Match.", schema: nil),
    ]

    private static func reading(
        _ kind: String, _ summary: String, _ credentials: [APIOperation.Credential]
    ) -> APIOperation {
        APIOperation(
            method: .get, path: object + kind + file, subject: "files", summary: summary,
            credentials: credentials, parameters: path + [download], answers: content + [absent])
    }

    private static func writing(_ method: HTTPMethod, _ summary: String) -> APIOperation {
        APIOperation(
            method: method, path: object + file, subject: "files", summary: summary, credentials: user,
            parameters: path,
            body: APIOperation.Body(schema: .text(), isRequired: true),
            answers: [
                .ok("The file's key.", .object([.required("Key", .text())])),
                .refused(403, "What the user may keep is full."), .refused(409, "There is such a file."),
            ])
    }
}
