// Events of every kind, for tests that hold each kind to something.

import Engine
import Primitives
import Values

/// Samples of events. A kind without one fails a test.
public enum EventSample {
    public static let node = NodeID(UniqueID(high: 1, low: 2))
    public static let run = RunID(UniqueID(high: 5, low: 6))
    public static let execution = NodeExecution(node: node, times: 7)
    public static let request = SignatureRequest(
        id: known(SignatureRequestID(5)), publicKey: known(Bytes32([UInt8](repeating: 9, count: 32))),
        message: [1, 2, 255], kind: .message, createdAt: Timestamp(nanoseconds: 1_700_000_000_123_000_000),
        timeLimit: .milliseconds(61_500))

    /// One of each kind at least; the run of them ends as `failed`.
    public static let all: [RunEvent.Content] = {
        let values: ValueMap = ["a": .u64(1), "b \"": .array([.null, .string("x")])]
        let partly: ValueMap = ["a": .u64(1), "b": .secret(SecretValue(.null, shownAs: .string("***")))]
        return [
            .flowStarted, .flowFailed(error: "it \u{0} \"failed\""),
            .flowLogged(RunLogLine(level: .warn, content: "of the run \u{0}")),
            .flowFinished(notRun: [node], output: values, status: .failed),
            .flowFinished(notRun: [], output: partly, status: .failed),
            .nodeStarted(execution, input: values), .nodeStarted(execution, input: [:]),
            .nodeOutput(execution, output: values), .nodeOutput(execution, output: partly),
            .nodeFailed(execution, error: "so"),
            .nodeLogged(execution, RunLogLine(level: .trace, module: "a::b", content: "of a node \u{0}")),
            .nodeFinished(execution), .inputRequested(execution, url: "http://a/b?c=\u{e9}"),
            .signatureRequested(execution, request),
            .flowPaused(askedOf: run, reason: "a \u{0} \"look\""), .flowPaused(askedOf: run, reason: nil),
            .flowResumed(askedOf: run, reason: nil, isStillPaused: false),
            .flowResumed(askedOf: run, reason: "on", isStillPaused: true),
        ]
    }()
}
