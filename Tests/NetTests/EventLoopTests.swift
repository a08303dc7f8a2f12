import Primitives
import Synchronization
import TestKit
import Testing

@testable import Net

/// Writes down what its loop tells it, and ends the loop on request.
private struct Recorder: Reactor {
    enum Message: Sendable {
        case note(String)
        case setTimer(UInt64, milliseconds: Int)
        case cancelTimer(UInt64)
        /// Time goes on in the middle of a turn.
        case linger(MadeClock, milliseconds: Int64)
        case end
    }

    let notes: Notes

    mutating func ready(_ token: UInt64, _ readiness: Readiness, on loop: inout LoopContext) {
        notes.add("ready \(token)")
    }

    mutating func received(_ message: Message, on loop: inout LoopContext) {
        switch message {
        case .note(let text): notes.add(text)
        case .setTimer(let key, let milliseconds): loop.setTimer(key, milliseconds: milliseconds)
        case .cancelTimer(let key): loop.cancelTimer(key)
        case .linger(let time, let milliseconds): time.advance(milliseconds: milliseconds)
        case .end: loop.stop()
        }
    }

    mutating func due(_ timer: UInt64, on loop: inout LoopContext) {
        notes.add("due \(timer)")
        if timer == 9 { loop.stop() }
    }

    mutating func turnEnded(on loop: inout LoopContext) {}

    mutating func turnWasLong(_ turn: LoopTurn) {
        notes.add("\(turn.nanoseconds / 1_000_000) ms, \(turn.messageCount) messages")
    }
}

private final class Notes: Sendable {
    private let list = Mutex<[String]>([])
    func add(_ text: String) { list.withLock { $0.append(text) } }
    var all: [String] { list.withLock { $0 } }
}

private func start(_ notes: Notes) throws -> EventLoop<Recorder.Message> {
    try EventLoop<Recorder.Message>.start(name: "test", capacity: 100) { _, _ in Recorder(notes: notes) }
}

@Suite struct `An event loop` {
    @Test func `takes messages in order and ends when its reactor says so`() throws {
        let notes = Notes()
        let loop = try start(notes)
        for number in 1...3 { #expect(loop.mailbox.post(.note("\(number)"))) }
        #expect(loop.mailbox.post(.end))
        loop.join()
        #expect(notes.all == ["1", "2", "3"])
    }

    @Test func `fires timers in order of their time, moved ones at their new time, cancelled ones never`()
        throws
    {
        let notes = Notes()
        let loop = try start(notes)
        _ = loop.mailbox.post(.setTimer(1, milliseconds: 1))
        _ = loop.mailbox.post(.setTimer(1, milliseconds: 6))
        _ = loop.mailbox.post(.setTimer(2, milliseconds: 3))
        _ = loop.mailbox.post(.setTimer(3, milliseconds: 2))
        _ = loop.mailbox.post(.cancelTimer(3))
        _ = loop.mailbox.post(.setTimer(4, milliseconds: 20))
        _ = loop.mailbox.post(.setTimer(4, milliseconds: 4))
        _ = loop.mailbox.post(.setTimer(9, milliseconds: 30))
        loop.join()
        #expect(notes.all == ["due 2", "due 4", "due 1", "due 9"])
    }

    @Test func `knows its longest turn and says what happened in one that was long`() throws {
        let (notes, time) = (Notes(), MadeClock(at: 0))
        let loop = try EventLoop<Recorder.Message>.start(name: "test", clock: time.clock, capacity: 100) {
            _, _ in Recorder(notes: notes)
        }
        let limit = Int64(Limits.turnMillisecondsMax)
        #expect(loop.longestTurn == 0)
        _ = loop.mailbox.post(.linger(time, milliseconds: limit + 7))
        _ = loop.mailbox.post(.end)
        loop.join()
        #expect(loop.longestTurn == (limit + 7) * 1_000_000)
        #expect(notes.all.count == 1)
        #expect(notes.all.first?.hasPrefix("\(limit + 7) ms") == true)
    }

    @Test func `says why it could not start`() throws {
        struct Refusal: Error {}
        #expect(throws: Refusal.self) {
            _ = try EventLoop<Recorder.Message>.start(name: "test", capacity: 1) { _, _ -> Recorder in
                throw Refusal()
            }
        }
    }
}
