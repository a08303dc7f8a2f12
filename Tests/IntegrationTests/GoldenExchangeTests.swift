import Dialect
import Engine
import Foundation
import Identity
import Primitives
import SpaceOperator
import TestKit
import TestTraits
import Testing
import Values
import Wire

private func exchange(_ name: String) throws -> GoldenExchange {
    try GoldenExchange(contentsOf: GoldenCast.folder.appending(path: name + ".exchange"))
}

/// Exchanges about what only a database keeps, or only the web server answers.
private let aboutMore: Set<String> = [
    "F02-wallets", "F05-tables", "F09-ended-credentials", "F10-shared-signatures", "G14-api-keys",
    "G21-wallet-login", "G22-claim-token", "G24-origins",
]

@Suite(.blocking) struct `Golden exchanges` {
    /// One after the other: they share the owner, whose stream of signature requests shows all that are open.
    @Test(.serialized, arguments: GoldenExchange.names(in: GoldenCast.folder))
    func `hold over TCP on a daemon`(name: String) throws {
        try exchange(name).run(on: GoldenDaemon.shared.get().peer)
    }

    @Test(.serialized, arguments: GoldenExchange.names(in: GoldenCast.folder))
    func `hold over TCP on a daemon that speaks a second dialect on the same port`(name: String) throws {
        try exchange(name).run(on: GoldenDaemon.amongOthers.get().peer)
    }

    @Test(arguments: GoldenExchange.names(in: GoldenCast.folder).filter { !aboutMore.contains($0) })
    func `hold on the dialect alone`(name: String) throws {
        try exchange(name).run(on: DialectAlone())
    }

    @Test func `hold word for word on a session whose events are those of the page`() throws {
        try exchange("Verbatim/S001-socket-page").run(on: DocumentedPage())
    }

    @Test func `are all there`() {
        let names = GoldenExchange.names(in: GoldenCast.folder)
        // The fourth worked example of the protocol is played with the second.
        for number in 1...26 where number != 4 {
            let name = number < 10 ? "G0\(number)" : "G\(number)"
            #expect(names.contains { $0.contains(name) }, "\(name)")
        }
        #expect(
            GoldenExchange.names(in: GoldenCast.folder.appending(path: "Verbatim")) == ["S001-socket-page"])
    }
}

/// A session in front of the one run that the documentation of the socket shows.
private struct DocumentedPage: GoldenPeer {
    private static let user = known(UserID("3b93d859-b9d1-4230-ad4b-e498d7f1b796"))
    private static let run = known(RunID("b4e5edc0-6d59-4db2-9eb0-2380906e461c"))

    let given: [String: String] = [:]
    let derive: @Sendable (String, String) -> String? = { _, _ in nil }

    func answer(_ request: GoldenRequest) throws -> TestHTTPResponse {
        TestHTTPResponse(status: 404, headers: [], body: [])
    }

    func openSocket() throws -> any GoldenSocket {
        var table = TrackTable()
        let dialect = SpaceOperatorDialect(
            SpaceOperatorServices(anonKey: "", isReady: { true }), tracks: SpaceOperatorTracks(in: &table))
        let tracks = table
        let feed = RunFeed(run: DocumentedPage.run, tracks: tracks)
        feed.append(DocumentedPage.events)
        feed.markDurable(through: UInt64(DocumentedPage.events.count))
        let socket = try SessionSocket(
            on: dialect, tracks: tracks,
            authenticate: { _ in .caller(.user(DocumentedPage.user, GoldenCast.ownerKey)) },
            call: { _ in .watching(feed) })
        // The page was written on a server that had given out three numbers.
        for id in 0..<3 {
            let other = try SessionSocket(
                on: dialect, tracks: tracks,
                authenticate: { _ in .refused(.missing) },
                call: { _ in .watching(feed) })
            try other.say(#"{"SubscribeFlowRunEvents":{"flow_run_id":"\#(DocumentedPage.run)"}}"#)
            let answer = try other.hear()
            let wanted = #"{"id":0,"Ok":{"subscription_id":\#(id)}}"#
            guard answer == wanted else { throw Surprise(expected: wanted, answer) }
        }
        return socket
    }

    private static let events: [RunEvent] = {
        let first = NodeExecution(node: known(NodeID("fdf66b26-8cdf-44b3-b77b-452ac184d867")), times: 0)
        let second = NodeExecution(node: known(NodeID("2f7fe126-1c42-4ad6-9162-f38e884c619a")), times: 0)
        let number = Value.u64(12_577_139_861)
        // In the order of the engine: an output, then the end of its execution.
        let contents: [(nanoseconds: Int, RunEvent.Content)] = [
            (454_975_954, .nodeOutput(first, output: ["balance": number])),
            (454_924_955, .nodeFinished(first)),
            (455_002_619, .nodeStarted(second, input: ["": number])),
            (455_014_395, .nodeOutput(second, output: ["balance": number])),
            (455_006_837, .nodeFinished(second)),
            (455_018_890, .flowFinished(notRun: [], output: ["balance": number], status: .finished)),
        ]
        return contents.enumerated().map { index, content in
            RunEvent(
                sequence: UInt64(index + 1), time: known(Timestamp("2023-03-11T18:40:16.\(content.0)Z")),
                content: content.1)
        }
    }()
}
