// Questions to a chain's server in JSON-RPC 2.0, over the client that all nodes use.

internal import Chain
internal import Engine
internal import Primitives
internal import Values
internal import Wire

/// A call of a method of the server of a run's network.
struct RPCCall: Sendable {
    let method: String
    let params: [JSONValue]

    /// Asks what the account of a key is, as of the last block; its data is left out.
    static func accountInfo(of key: Bytes32) -> RPCCall {
        RPCCall(
            method: "getAccountInfo",
            params: [
                .string(Base58.encode(key.bytes)),
                ["commitment": "processed", "encoding": "base64", "dataSlice": ["offset": 0, "length": 0]],
            ])
    }

    /// Asks for the balance of a key, as of the last block that stays.
    static func balance(of key: Bytes32) -> RPCCall {
        RPCCall(
            method: "getBalance",
            params: [.string(Base58.encode(key.bytes)), ["commitment": "finalized"]])
    }

    /// Asks the server of the run's network for an execution. The reply comes once, on any thread, and is the `result`
    /// of the answer. An error names the method and shows nothing of the address, which may hold a key.
    func send(
        for call: NodeCall, by client: any OutboundClient,
        reply: @escaping @Sendable (Result<JSONValue, NodeFailure>) -> Void
    ) {
        let request: OutboundRequest
        do {
            request = try self.request(to: call.context.terms.chain.network)
        } catch {
            return reply(.failure(error))
        }
        client.send(request, cancellation: call.cancellation) { answer in
            reply(Result { () throws(NodeFailure) in try result(of: answer) })
        }
    }

    func request(to network: FlowNetwork) throws(NodeFailure) -> OutboundRequest {
        guard let url = try? HTTPURL(network.url) else {
            throw failure("the address of the network \(network.cluster) is not one of HTTP")
        }
        var headers = [(name: "Content-Type", value: "application/json")]
        if let credentials = url.credentials {
            headers.append(
                (
                    name: "Authorization",
                    value: HTTPClientRequest.basicAuthorization(
                        user: credentials.user, password: credentials.password)
                ))
        }
        let body: JSONValue = [
            "jsonrpc": "2.0", "id": 1, "method": .string(method), "params": .array(params),
        ]
        return OutboundRequest(method: "POST", url: url.text, headers: headers, body: body.encoded)
    }

    /// The result that an answer holds. An error that the server words counts whatever the status is (spec nodes 6.42).
    func result(of answer: Result<OutboundResponse, OutboundError>) throws(NodeFailure) -> JSONValue {
        let response: OutboundResponse
        do {
            response = try answer.get()
        } catch {
            throw failure("\(error)")
        }
        guard response.body.count <= Limits.jsonTextBytesMax else {
            throw failure("the answer is JSON of more than \(Limits.jsonTextBytesMax) bytes")
        }
        let tree = try? JSONValue.parse(response.body)
        if let error = tree?["error"], error != .null {
            let code = error["code"]?.number?.integer(Int64.self).map { " (code \($0))" } ?? ""
            let text = error["message"]?.string ?? error.string ?? "the server gives no reason"
            throw failure(String(text.prefix(Limits.answerQuotedBytesMax)) + code)
        }
        guard response.isSuccess else {
            throw failure("status code: \(response.status)\n\(AnswerContent(response).quoted)")
        }
        guard let result = tree?["result"] else { throw failure("the answer is not one of JSON-RPC") }
        return result
    }

    private func failure(_ text: String) -> NodeFailure { NodeFailure("\(method): \(text)") }
}
