import Postgres
import Testing

@testable import Store

@Suite struct `A journal transaction` {
    private static let statement = BoundStatement(
        statement: PostgresStatement("change", [], "UPDATE something"), values: [])
    private static let error = PostgresError(.refused(SQLState("22P02")), detail: "")
    private static let other = PostgresError(.refused(SQLState("25P02")), detail: "")

    private func work(copies: [String], statements: Int) -> JournalWork {
        JournalWork(
            copies: copies.map { JournalWork.Copy(statement: $0, rows: CopyRows(columnCount: 1)) },
            statements: Array(repeating: Self.statement, count: statements))
    }

    private func word(_ order: JournalTransaction.Order) -> String {
        switch order {
        case .sendScript(let script): script
        case .sendCopy: "copy"
        case .enterPipeline: "("
        case .execute(let bound): bound.statement.name
        case .sync: "sync"
        case .leavePipeline: ")"
        case .finish(.success): "done"
        case .finish(.failure(let error)): "failed \(error.state?.code ?? "lost")"
        }
    }

    private func play(_ work: JournalWork, _ replies: [PostgresConnection.Reply]) -> [[String]] {
        var transaction = JournalTransaction(work)
        return [transaction.start().map(word)] + replies.map { transaction.received($0).map(word) }
    }

    private let ok = PostgresConnection.Reply.rows(.none, changed: 0)

    @Test func `events alone are one COPY and no more`() {
        #expect(
            play(work(copies: ["COPY e"], statements: 0), [.copyInvited, ok, .end])
                == [["COPY e"], ["copy"], [], ["done"]])
    }

    @Test func `projections follow the COPY in one pipeline that commits`() {
        #expect(
            play(
                work(copies: ["COPY e", "COPY l"], statements: 2),
                [
                    ok, .copyInvited, ok, .copyInvited, ok, .end, ok, .end, ok, .end, ok, .end, .synced,
                ]) == [
                    ["BEGIN;COPY e;COPY l"], [], ["copy"], [], ["copy"], [],
                    ["(", "change", "change", "commit", "sync"], [], [], [], [], [], [], [")", "done"],
                ])
    }

    @Test func `without events the pipeline begins the transaction`() {
        #expect(
            play(work(copies: [], statements: 1), [ok, .end, ok, .end, ok, .end, .synced]).flatMap { $0 }
                == ["(", "begin", "change", "commit", "sync", ")", "done"])
    }

    @Test func `a refused COPY rolls back if a transaction is open`() {
        #expect(
            play(
                work(copies: ["COPY e"], statements: 1),
                [ok, .copyInvited, .refused(Self.error), .end, ok, .end])
                == [["BEGIN;COPY e"], [], ["copy"], [], ["ROLLBACK"], [], ["failed 22P02"]])
        #expect(
            play(work(copies: ["COPY e"], statements: 0), [.copyInvited, .refused(Self.error), .end])
                == [["COPY e"], ["copy"], [], ["failed 22P02"]])
    }

    @Test func `a refused statement rolls back and the first reason counts`() {
        #expect(
            play(
                work(copies: [], statements: 2),
                [
                    ok, .end, .refused(Self.error), .end, .skipped, .end, .skipped, .end, .synced,
                    .refused(Self.other), .end,
                ]
            ).suffix(3) == [[")", "ROLLBACK"], [], ["failed 22P02"]])
    }

    @Test func `a reply out of turn ends the connection`() {
        let cases: [(JournalWork, [PostgresConnection.Reply])] = [
            (work(copies: ["COPY e"], statements: 0), [.copyInvited, .copyInvited]),
            (work(copies: ["COPY e"], statements: 0), [.synced]),
            (work(copies: [], statements: 1), [.copyInvited]),
            (work(copies: ["COPY e"], statements: 0), [.copyInvited, ok, .end, ok]),
        ]
        for (work, replies) in cases { #expect(play(work, replies).last == ["failed lost"]) }
    }
}
