// Nodes that wait for a person or another program (spec flow-engine 15, nodes 2.1).

internal import Engine
internal import Primitives
internal import Values
internal import Wire

/// The kinds that wait for a value from outside.
enum ApprovalNodes {
    static func kinds(_ services: NodeServices) -> [NodeKind] { [apiInput(services)] }

    private static let conduct = NodeConduct(
        readCapability: .interactive, repetition: .always, timeLimit: nil)

    private static func apiInput(_ services: NodeServices) -> NodeKind {
        NodeKind(
            name: "@spo/command.api_input.0.1", aliases: ["api_input"],
            summary: "Waits until a value is posted to an address made for this execution.",
            inputs: [
                InputPort("timeout", types: ["f64"], required: false),
                InputPort("webhook_url", types: ["string"], required: false),
                InputPort("webhook_headers", required: false),
                InputPort("extra", types: ["object"], required: false),
            ],
            outputs: [OutputPort("value")], conduct: conduct
        ) { call in
            do {
                return .ask(.input(try wish(of: call, services)))
            } catch {
                return .done(.failed("\(error)"))
            }
        }
    }

    private static func wish(of call: NodeCall, _ services: NodeServices) throws -> InputWish {
        let limit = try timeLimit(call.inputs)
        guard let webhook = try Webhook(call, timeLimit: limit) else { return InputWish(timeLimit: limit) }
        return InputWish(timeLimit: limit) { address in
            webhook.send(address, of: call, with: services.outbound)
        }
    }

    /// The time limit, in seconds. An invalid time is an error of the node and not of the run (spec flow-engine 24.56).
    private static func timeLimit(_ inputs: ValueMap) throws -> Duration? {
        guard let seconds = try inputs.optional("timeout", as: Double.self) else { return nil }
        guard seconds >= 0, seconds.isFinite else {
            throw NodeFailure("timeout must be a number of seconds, 0 or more")
        }
        let milliseconds = min(seconds * 1000, Double(Limits.waitMillisecondsMax))
        return .milliseconds(Int64(milliseconds))
    }
}

/// Whom to tell about an address, and what.
private struct Webhook: Sendable {
    private let url: String
    private let headers: [(name: String, value: String)]
    private let timeout: JSONValue
    private let extra: JSONValue

    /// Nil if nobody is to be told. Address and headers may be secrets.
    init?(_ call: NodeCall, timeLimit: Duration?) throws {
        let inputs = call.inputs.revealed
        guard let url = try inputs.optional("webhook_url", as: String.self), !url.isEmpty else { return nil }
        self.url = url
        headers = try PairList.read("webhook_headers", of: inputs)
        try Webhook.requireWritable(headers, to: url)
        timeout =
            timeLimit == nil
            ? .null : ValueJSON.plain(from: call.inputs["timeout"] ?? .null)
        extra = ValueJSON.plain(from: call.inputs["extra"] ?? .null, bytes: .text)
    }

    /// Headers that cannot be written are an error of the node (spec flow-engine 15.3). An invalid address only makes
    /// the webhook fail.
    private static func requireWritable(
        _ headers: [(name: String, value: String)], to url: String
    ) throws(HTTPClientRequest.Refusal) {
        guard let address = try? HTTPURL(url) else { return }
        _ = try HTTPClientRequest(method: .post, url: address, headers: HTTPHeaders(headers)).encodedHead()
    }

    /// A failed webhook is only a line in the run's log.
    func send(_ address: String, of call: NodeCall, with outbound: any OutboundClient) {
        let body = JSONWriter.encode([
            "url": .string(address), "flow_run_id": .string(call.run.text),
            "node_id": .string(call.execution.node.text), "times": .integer(Int64(call.execution.times)),
            "timeout": timeout, "extra": extra,
        ])
        let request = OutboundRequest(
            method: "POST", url: url, headers: headers + [(name: "Content-Type", value: "application/json")],
            body: body)
        outbound.send(request, cancellation: call.cancellation) { result in
            switch result {
            case .success(let response) where 200..<300 ~= response.status: break
            case .success(let response):
                call.log(RunLogLine(level: .warn, content: "webhook answered with status \(response.status)"))
            case .failure(let error):
                call.log(RunLogLine(level: .warn, content: "webhook not delivered: \(error)"))
            }
        }
    }
}
