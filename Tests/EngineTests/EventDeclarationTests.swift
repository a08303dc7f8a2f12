import Primitives
import TestKit
import Testing

@testable import Engine

@Suite struct `A declared event` {
    @Test func `says the same as itself, and as no event of another kind`() {
        for (place, event) in EventSample.all.enumerated() {
            #expect(event.says(event), "\(event)")
            for other in EventSample.all[..<place] where other.kind != event.kind {
                #expect(!event.says(other) && !other.says(event), "\(event) and \(other)")
            }
        }
    }

    @Test func `says the same if it is of the same execution, and of the same error or request`() {
        let (node, other) = (EventSample.execution, NodeExecution(node: EventSample.node, times: 8))
        let request = EventSample.request
        let later = SignatureRequest(
            id: request.id, publicKey: request.publicKey, message: request.message, kind: request.kind,
            createdAt: Timestamp(seconds: 1), timeLimit: request.timeLimit)
        let pairs: [(RunEvent.Content, RunEvent.Content, Bool)] = [
            (.nodeStarted(node, input: [:]), .nodeStarted(node, input: ["a": .null]), true),
            (.nodeStarted(node, input: [:]), .nodeStarted(other, input: [:]), false),
            (.nodeOutput(node, output: [:]), .nodeOutput(node, output: ["a": .null]), true),
            (.nodeOutput(node, output: [:]), .nodeOutput(other, output: [:]), false),
            (.nodeFinished(node), .nodeFinished(other), false),
            (.nodeFailed(node, error: "a"), .nodeFailed(node, error: "a"), true),
            (.nodeFailed(node, error: "a"), .nodeFailed(node, error: "b"), false),
            (.inputRequested(node, url: "a"), .inputRequested(node, url: "b"), true),
            (.inputRequested(node, url: "a"), .inputRequested(other, url: "a"), false),
            (.signatureRequested(node, request), .signatureRequested(other, request), false),
            (.signatureRequested(node, request), .signatureRequested(node, later), false),
            (.flowFailed(error: "a"), .flowFailed(error: "b"), false),
            (
                .flowFinished(notRun: [], output: [:], status: .failed),
                .flowFinished(notRun: [EventSample.node], output: ["a": .null], status: .finished), true
            ),
        ]
        for (left, right, isSame) in pairs { #expect(left.says(right) == isSame, "\(left) and \(right)") }
    }

    @Test func `comes from outside with a fact, or from the machine without one, or is a line`() {
        for event in EventSample.all {
            var isLine = false
            if case .line = event.effect { isLine = true }
            #expect(isLine == (event.origin == .log), "\(event)")
            #expect(isLine == (event.kind.declaration.storedName == nil), "\(event)")
            #expect((event.fact(at: 3) != nil) == (event.origin == .outside), "\(event)")
        }
    }

    @Test func `is of the kind and the execution that it is made of`() {
        let (node, line) = (EventSample.execution, RunLogLine(level: .info, content: ""))
        let events: [(RunEvent.Content, RunEventKind, NodeExecution?)] = [
            (.flowStarted, .flowStarted, nil), (.flowLogged(line), .flowLogged, nil),
            (.nodeLogged(node, line), .nodeLogged, node), (.nodeFinished(node), .nodeFinished, node),
            (.inputRequested(node, url: ""), .inputRequested, node),
            (.signatureRequested(node, EventSample.request), .signatureRequested, node),
        ]
        for (event, kind, subject) in events {
            #expect(event.kind == kind && event.subject == subject, "\(event)")
        }
    }
}
