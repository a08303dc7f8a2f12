import Testing

@testable import Web

@Suite struct `Pings behind the answers to subscribes` {
    @Test func `name the time by which the stream begins, without the clock of the machine`() {
        var pings = OpeningPings()
        let start: Int64 = 1_700_000_000_123
        let payloads = [0, 1, 255, 256, 3_000_000, Int64.max - start].map {
            pings.payload(opensAt: start + $0)
        }
        #expect(payloads.first == [UInt8](repeating: 0, count: 8))
        #expect(
            payloads.map { pings.time(of: $0) }
                == [start, start + 1, start + 255, start + 256, start + 3_000_000, Int64.max])
    }

    @Test func `take what is no answer to one of them for none`() {
        var pings = OpeningPings()
        #expect(pings.time(of: [UInt8](repeating: 0, count: 8)) == nil)
        _ = pings.payload(opensAt: 1 << 40)
        for payload in [[], [0], [UInt8](repeating: 0, count: 7), [UInt8](repeating: 0, count: 9)] {
            #expect(pings.time(of: payload) == nil)
        }
        // More than any time.
        #expect(pings.time(of: [0x7F] + [UInt8](repeating: 0xFF, count: 7)) == nil)
        // Before the first one: nothing waits for it.
        #expect(pings.time(of: [UInt8](repeating: 0xFF, count: 8)) == (1 << 40) - 1)
    }
}
