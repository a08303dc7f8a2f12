// The description of the tables: PostgREST's conventions over a few of them.

internal import Tables
internal import Wire

extension APIDocument {
    static let tableOperations: [APIOperation] = [
        APIOperation(
            method: .get, path: "/rest/v1/{table}", subject: "tables",
            summary:
                "Rows. Each further query item is a filter: column=operator.value, or=(…). A flow is named by its number or UUID.",
            credentials: tableCredentials, parameters: [table] + tableQuery + [range, preference],
            answers: [
                rows(200, "All rows that were asked for."), rows(206, "A part of them; see Content-Range."),
                tableRefused(403, "The caller may not read this."),
                tableRefused(404, "There is no such table."),
                tableRefused(300, "More than one relationship fits an embedded table."),
                tableRefused(406, notAcceptable),
                tableRefused(414, "The query is longer than about 48 KB."),
                tableRefused(416, "The range begins behind the last row."),
            ] + tableRefusals),
        APIOperation(
            method: .post, path: "/rest/v1/{table}", subject: "tables", summary: "New rows.",
            credentials: tableCredentials, parameters: [table, columns, preference],
            body: APIOperation.Body(schema: .either([.object([]), .array(.object([]))]), isRequired: true),
            answers: writes + [
                APIOperation.Answer(
                    status: 201, summary: "They are there, and in the answer if they were asked for.",
                    schema: nil,
                    headers: [("Content-Range", "How many there are, if that was asked for."), applied])
            ]),
        APIOperation(
            method: .patch, path: "/rest/v1/{table}", subject: "tables",
            summary: "Changes rows that match the filters.",
            credentials: tableCredentials, parameters: [table, columns, preference],
            body: APIOperation.Body(schema: .object([]), isRequired: true),
            answers: writes + [done]),
        APIOperation(
            method: .delete, path: "/rest/v1/{table}", subject: "tables",
            summary: "Deletes rows that match the filters.",
            credentials: tableCredentials, parameters: [table, columns, preference],
            answers: writes + [done]),
    ]

    private static let tableCredentials: [APIOperation.Credential] = [.signedToken, .apiKey]

    private static let table = APIOperation.Parameter.path(
        "table", "The table.",
        .oneOfTexts(TableDefinition.Name.allCases.map(\.rawValue)))

    private static let columns = APIOperation.Parameter.query(
        "select",
        "The columns, with commas between, among them related tables with theirs in brackets; if it is left out, all but nodes, edges, data, flow_uuid and entrypoint_uuid.",
        .text())

    private static let tableQuery: [APIOperation.Parameter] = [
        columns, .query("order", "Columns, each with .asc or .desc.", .text()),
        .query("limit", "Rows at most.", .integer(minimum: 0)),
        .query("offset", "Rows to leave out first.", .integer(minimum: 0)),
    ]

    private static let range = APIOperation.Parameter.header("Range", "Such as 0-9.", .text())
    private static let preference = APIOperation.Parameter.header(
        "Prefer",
        "return=representation or minimal, count=exact, resolution=, missing=, handling=strict, max-affected=n.",
        .text())

    private static let applied = ("Preference-Applied", "The preferences that were kept to.")

    private static let done = APIOperation.Answer(
        status: 204, summary: "Done.", schema: nil, headers: [applied])

    private static let tableTypes = [
        "application/json", "application/vnd.pgrst.object+json", "application/vnd.pgrst.array+json",
        "text/csv",
    ]

    private static let notAcceptable =
        "Not exactly one row, where one was asked for; or Accept, Accept-Profile or Content-Profile names what is not offered."

    private static func rows(_ status: Int, _ summary: String) -> APIOperation.Answer {
        APIOperation.Answer(
            status: status, summary: summary, schema: .anything, mediaTypes: tableTypes,
            headers: [("Content-Range", "Which rows these are, and of how many."), applied])
    }

    private static func tableRefused(_ status: Int, _ summary: String) -> APIOperation.Answer {
        APIOperation.Answer(status: status, summary: summary, schema: .named(.tableError))
    }

    private static let tableRefusals = [
        tableRefused(400, "The query breaks a rule; the message names it."),
        tableRefused(401, "The credential will not do."),
        tableRefused(413, "The body is larger than 2 MiB."),
        tableRefused(503, "The server cannot answer now; Retry-After says when to try again."),
    ]

    private static let writes: [APIOperation.Answer] =
        [
            rows(200, "The rows, if they were asked for."),
            tableRefused(403, "The caller may not do this."), tableRefused(404, "There is no such table."),
            tableRefused(406, notAcceptable),
            tableRefused(409, "A row like this is there already, or one that it needs is not."),
            tableRefused(415, "Content-Type names something else than JSON."),
        ] + tableRefusals
}
