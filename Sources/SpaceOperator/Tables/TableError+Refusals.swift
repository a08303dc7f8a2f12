// Refusals below the address of tables that are not a table's own, in the shape that clients of tables know.

internal import Dialect
internal import Tables
internal import Wire

extension TableRoutes {
    /// Whether a request is for the address of tables or for anything below it.
    static func isPlace(of request: HTTPRequest) -> Bool {
        request.target.segments.prefix(2).elementsEqual(["rest", "v1"])
    }
}

extension TableError {
    /// What the web server refuses. Where PostgREST has no code for it, the status stands in its place.
    init(_ refusal: Refusal, _ request: HTTPRequest) {
        switch refusal {
        case .unknownPath: self.init(unknownPath: request.target.segments.dropFirst(2))
        case .otherMethods(let methods):
            self.init(
                refusal.status, "PGRST117", "Unsupported HTTP method: \(request.method.name)",
                hint: methods.map(\.name).joined(separator: ", "))
        default:
            self.init(refusal.status, "\(refusal.status.code)", SpaceOperatorWords.text(of: refusal))
        }
    }

    private init(unknownPath segments: ArraySlice<String>) {
        guard segments.first == "rpc", segments.count > 1 else {
            self.init(
                .notFound, "PGRST125", "Invalid path specified in request URL",
                hint: "tables are at /rest/v1/ and their name")
            return
        }
        self.init(
            .notFound, "PGRST202", "Could not find the function in the schema cache",
            details: "There are no functions here, only tables.")
    }
}
