import Net
import Testing

@Suite struct `Addresses of this machine` {
    @Test func `hold that of the loopback interface`() throws {
        let addresses = try #require(MachineAddresses.current())
        #expect(addresses.contains(try #require(IPAddress("127.0.0.1"))))
    }
}
