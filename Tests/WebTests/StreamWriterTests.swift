import Dialect
import Engine
import Net
import Primitives
import TestKit
import Testing
import Wire

@testable import Web

/// Each message is the event's sequence, and the end is told.
private struct NumberTrack: EventTrack {
    func encode(_ events: ArraySlice<RunEvent>, of run: RunID) -> [TrackMessage] {
        events.map { TrackMessage(.flowStarted, Array("\($0.sequence)".utf8)) }
    }
    var tail: [UInt8]? { Array("end".utf8) }
}

@Suite struct `A connection with many subscriptions` {
    private let tracks = TrackTable([NumberTrack()])

    @Test func `holds few pages of stored events at a time, and gets all of them in the end`() throws {
        let count = 100
        var table = SubscriptionTable()
        for number in 1...count {
            table.add(
                SubscriptionOrder(
                    number: UInt64(number), feed: RunFeed(storedRun: RunID(.random()), tracks: tracks),
                    track: .first, prefix: []))
        }
        var transport = Transport(
            try Socket.listening(on: SocketAddress(host: "127.0.0.1", port: 0)), token: 1)
        var waiting: [(number: UInt64, after: UInt64)] = []
        var ended: [UInt64] = []
        // Two pages of two events of each run.
        repeat {
            let result = StreamWriter.write(&table, to: &transport, as: .socket, tracks: tracks)
            #expect(!result.isFull)
            waiting += result.pagesWanted.map { ($0.subscription, $0.after) }
            ended += result.ended
            #expect(waiting.count <= Limits.pagesPerConnectionMax)
            guard !waiting.isEmpty else { break }
            let (number, after) = waiting.removeFirst()
            let events = (1...2).map { place in
                RunEvent(
                    sequence: after + UInt64(place), time: Timestamp(nanoseconds: 0), content: .flowStarted)
            }
            table.update(number) { $0.add(events, isLast: after > 0, NumberTrack()) }
        } while true
        #expect(ended.sorted() == (1...UInt64(count)).map { $0 })
        // Two bytes of frame and one of text for each of the four, and an end of five.
        #expect(transport.waitingBytes == count * (4 * 3 + 5))
    }
}
