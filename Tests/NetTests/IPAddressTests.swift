import Net
import Testing

@Suite struct `Addresses and networks` {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("255.255.255.255", "255.255.255.255"), ("0.0.0.0", "0.0.0.0"),
        ("::1", "::1"), ("::", "::"), ("2001:DB8:0:0::1", "2001:db8::1"),
        ("::ffff:1.2.3.4", "::ffff:1.2.3.4"),
    ])
    func `are read and written`(text: String, written: String) {
        #expect(IPAddress(text)?.description == written)
    }

    @Test(arguments: [
        "", "localhost", "127.1", "0x7f.0.0.1", "2130706433", "1.2.3.4.5", "256.0.0.1", "[::1]", "fe80::1%lo",
        "1.2.3.4\0", " ::1",
    ])
    func `are nothing else`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false),
        ("10.9.9.9/8", "10.0.0.1", true),
        ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false), ("1.2.3.4", "1.2.3.4", true),
        ("1.2.3.4", "1.2.3.5", false), ("fc00::/7", "fdff::1", true), ("fc00::/7", "fe00::1", false),
        ("::/0", "2001::1", true), ("::1", "::1", true), ("::1/128", "::2", false),
    ])
    func `contain addresses`(network: String, address: String, contains: Bool) throws {
        let network = try #require(IPNetwork(network))
        #expect(try network.contains(#require(IPAddress(address))) == contains)
    }

    @Test(arguments: [
        "", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "::/129", "name/8",
    ])
    func `must be well-formed`(network: String) {
        #expect(IPNetwork(network) == nil)
    }
}
