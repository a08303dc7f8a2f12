// The node that sends a request to another server (spec nodes 2.5).

internal import Engine
internal import Primitives
internal import Values
internal import Wire

/// The kind `http_request`. It may use secrets, so it reads the hidden values of its inputs and not what is shown for
/// them. None of its errors shows any of them.
enum HTTPRequestNode {
    static func kinds(_ services: NodeServices) -> [NodeKind] {
        let outbound = services.outbound
        let kind = NodeKind.asking(
            name: "@spo/std.http_request.0.1", aliases: ["http_request", "http"],
            summary: "Sends a request to another server and gives its answer.", inputs: inputs,
            outputs: [
                OutputPort("body"), OutputPort("headers", type: "object"),
                OutputPort(
                    "cookies", type: "array", optional: true, tooltip: "The values of all Set-Cookie headers."
                ),
            ],
            conduct: .sendingRequest
        ) { call in
            let asked = try call.inputs.usingSecrets(request)
            try call.context.requireReadable(asked)
            outbound.send(asked, cancellation: call.cancellation) { reply in
                call.end { try outputs(of: reply.get()) }
            }
        }
        return [kind]
    }

    private static let inputs = [
        InputPort("url", types: ["string"], tooltip: "Begins with http:// or https://."),
        InputPort("method", types: ["string"], required: false, default: .string("GET")),
        InputPort(
            "headers", types: ["object"], required: false, tooltip: "An object, or an array of pairs."),
        InputPort(
            "basic_auth", types: ["object"], required: false, tooltip: "`user` and perhaps `password`."),
        InputPort(
            "query_params", types: ["array"], required: false,
            tooltip: "Added to the URL's query: an array of pairs, or an object."),
        InputPort(
            "body", required: false,
            tooltip: "Sent as JSON; under a Content-Type that is not JSON, texts and bytes as they are."),
        InputPort(
            "form", types: ["object"], required: false,
            tooltip: "An object or an array of pairs, sent as multipart/form-data, or as the header"
                + " Content-Type: application/x-www-form-urlencoded says. Files: bytes, or"
                + " {filename, content_type, content}."),
    ]

    /// What the inputs ask for.
    static func request(from inputs: ValueMap) throws -> OutboundRequest {
        var url = try HTTPURL(try inputs.required("url", as: String.self))
        for (name, value) in try PairList.read("query_params", of: inputs) {
            try url.addQueryItem(name, value)
        }
        var headers = HTTPHeaders(try PairList.read("headers", of: inputs))
        if headers["authorization"] == nil, let value = try authorization(inputs, url) {
            headers.add("Authorization", value)
        }
        let body = try RequestContent.read(inputs, headers: &headers)
        return OutboundRequest(
            method: HTTPMethod(anyCase: try inputs.optional("method") ?? "GET").name, url: url.text,
            headers: headers.fields, body: body)
    }

    /// The credentials from the input, else those from the URL.
    private static func authorization(_ inputs: ValueMap, _ url: HTTPURL) throws -> String? {
        if let credentials = try inputs.optional("basic_auth", as: ValueMap.self) {
            return HTTPClientRequest.basicAuthorization(
                user: try credentials.required("user"), password: try credentials.optional("password") ?? "")
        }
        return url.credentials.map {
            HTTPClientRequest.basicAuthorization(user: $0.user, password: $0.password)
        }
    }

    private static func outputs(of response: OutboundResponse) throws -> ValueMap {
        let content = AnswerContent(response)
        guard response.isSuccess else {
            throw NodeFailure("status code: \(response.status)\n\(content.quoted)")
        }
        return ["body": try content.value, "headers": response.headerMap, "cookies": response.cookies]
    }
}

extension NodeConduct {
    /// The conduct of a request, which may change something at the other server. A run that must not change anything
    /// may only read. The client bounds the time as the operator has configured.
    static let sendingRequest = NodeConduct(readCapability: .snapshot, repetition: .never, timeLimit: nil)
}

extension RunContext {
    /// Refuses a request that may change something, in a run that must not (spec nodes 6.28).
    func requireReadable(_ request: OutboundRequest) throws(NodeFailure) {
        guard isReadOnly, request.method != "GET", request.method != "HEAD" else { return }
        throw NodeFailure("a read-only run may send GET and HEAD requests only")
    }
}

extension ValueMap {
    /// Reads inputs as what they are behind their secrets. An error then shows nothing of them.
    func usingSecrets<Result>(_ read: (ValueMap) throws -> Result) throws -> Result {
        guard holdsSecret else { return try read(self) }
        do {
            return try read(revealed)
        } catch {
            throw NodeFailure("the inputs, some of which are secret, are not those of a request")
        }
    }
}
