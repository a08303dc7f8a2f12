import Testing

@testable import Postgres

@Suite struct `A pipeline of requests` {
    private static let error = PostgresError(.refused(.uniqueViolation), detail: "")

    /// Outcomes as short words: `+1` answered, `-1` refused, `~1` skipped, `!` broken.
    private func word(_ outcome: Pipeline<Int>.Outcome?) -> String? {
        switch outcome {
        case nil: nil
        case .answered(let request, _): "+\(request)"
        case .refused(let request, _): "-\(request)"
        case .skipped(let request): "~\(request)"
        case .brokenProtocol: "!"
        }
    }

    private func play(_ pipeline: inout Pipeline<Int>, _ replies: [Pipeline<Int>.Reply]) -> [String] {
        replies.compactMap { word(pipeline.received($0)) }
    }

    @Test func `replies belong to requests in the order of sending`() {
        var pipeline = Pipeline<Int>()
        for request in 1...3 {
            pipeline.sent(request)
            pipeline.syncSent()
        }
        #expect(pipeline.pendingCount == 3)
        let one: [Pipeline<Int>.Reply] = [.rows(.none), .end, .synced]
        #expect(play(&pipeline, one + one + one) == ["+1", "+2", "+3"])
        #expect(pipeline.isIdle)
        #expect(pipeline.pendingCount == 0)
    }

    @Test func `a refused request takes the rest of its group with it and no more`() {
        var pipeline = Pipeline<Int>()
        for request in 1...3 { pipeline.sent(request) }
        pipeline.syncSent()
        pipeline.sent(4)
        pipeline.syncSent()
        let replies: [Pipeline<Int>.Reply] = [
            .rows(.none), .end, .refused(Self.error), .end, .skipped, .end, .synced, .rows(.none), .end,
            .synced,
        ]
        #expect(play(&pipeline, replies) == ["+1", "-2", "~3", "+4"])
        #expect(pipeline.isIdle)
    }

    @Test func `an outcome is told once its request has ended`() {
        var pipeline = Pipeline<Int>()
        pipeline.sent(1)
        pipeline.syncSent()
        #expect(word(pipeline.received(.rows(.none))) == nil)
        #expect(pipeline.pendingCount == 1)
        #expect(word(pipeline.received(.end)) == "+1")
        #expect(!pipeline.isIdle, "the sync point is still to come")
    }

    @Test func `a reply that fits no request breaks the protocol`() {
        let sent: (inout Pipeline<Int>) -> Void = {
            $0.sent(1)
            $0.syncSent()
        }
        let cases: [((inout Pipeline<Int>) -> Void, [Pipeline<Int>.Reply])] = [
            ({ _ in }, [.end]), ({ _ in }, [.synced]), (sent, [.end]), (sent, [.synced]),
            (sent, [.rows(.none), .rows(.none)]), (sent, [.rows(.none), .refused(Self.error)]),
            (sent, [.rows(.none), .synced]), ({ $0.syncSent() }, [.end]), ({ $0.syncSent() }, [.skipped]),
        ]
        for (prepare, replies) in cases {
            var pipeline = Pipeline<Int>()
            prepare(&pipeline)
            #expect(play(&pipeline, replies).last == "!")
        }
    }

    @Test func `a lost connection gives back what has no outcome`() {
        var pipeline = Pipeline<Int>()
        for request in 1...3 {
            pipeline.sent(request)
            pipeline.syncSent()
        }
        _ = play(&pipeline, [.rows(.none), .end, .synced, .rows(.none)])
        #expect(pipeline.lost() == [2, 3])
        #expect(pipeline.isIdle)
        pipeline.sent(4)
        pipeline.syncSent()
        #expect(play(&pipeline, [.rows(.none), .end, .synced]) == ["+4"])
    }

    @Test func `a long life does not mix requests up`() {
        var pipeline = Pipeline<Int>()
        var answers: [String] = []
        for round in 0..<500 {
            for request in 0..<3 {
                pipeline.sent(round * 3 + request)
                pipeline.syncSent()
            }
            // One request is always left over for the next round.
            let rounds = round == 0 ? 2 : 3
            for _ in 0..<rounds { answers += play(&pipeline, [.rows(.none), .end, .synced]) }
        }
        #expect(answers == (0..<1_499).map { "+\($0)" })
        #expect(pipeline.pendingCount == 1)
    }
}
