import Net
import Outbound
import Testing

@Suite struct `Policy of addresses` {
    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.255",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
        "192.88.99.1", "168.63.129.16", "64:ff9b::168.63.129.16",
        "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
        "64:ff9b::127.0.0.1",
        "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:2::1", "2001:1ff::1", "2001:db8::1",
        "2002:7f00:1::", "2002:a00:1::1", "3fff::1", "5f00::1", "fc00::1", "fdff::1", "fe80::1", "febf::1",
        "fec0::1", "ff02::1",
    ])
    func `blocks what is not public`(address: String) throws {
        #expect(try !AddressPolicy().permits(#require(IPAddress(address))))
    }

    @Test(arguments: [
        "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255",
        "192.169.0.0", "198.17.255.255", "198.20.0.0", "168.63.129.15", "168.63.129.17", "223.255.255.255",
        "2001:200::1", "2001:4860::8888",
        "2001:1::1", "2001:20::1", "2606:4700::1111", "64:ff9b::8.8.8.8", "2002:808:808::1",
    ])
    func `permits what is public`(address: String) throws {
        #expect(try AddressPolicy().permits(#require(IPAddress(address))))
    }

    @Test func `blocks the addresses of this machine, public or not, unless the configuration allows them`()
        throws
    {
        let own = try Set(["8.8.8.8", "2606:4700::1111", "10.0.0.7"].map { try #require(IPAddress($0)) })
        let policy = AddressPolicy(own: own)
        for address in ["8.8.8.8", "2606:4700::1111", "64:ff9b::8.8.8.8", "2002:808:808::1", "10.0.0.7"] {
            #expect(try !policy.permits(#require(IPAddress(address))), "\(address)")
        }
        for address in ["8.8.8.9", "2606:4700::1112"] {
            #expect(try policy.permits(#require(IPAddress(address))), "\(address)")
        }
        let open = AddressPolicy(allowed: [try #require(IPNetwork("8.8.8.0/24"))], own: own)
        #expect(try open.permits(#require(IPAddress("8.8.8.8"))))
        #expect(try !open.permits(#require(IPAddress("2606:4700::1111"))))
    }

    @Test func `permits networks that the configuration allows, and no others`() throws {
        let policy = AddressPolicy(
            allowed: [try #require(IPNetwork("127.0.0.0/8")), try #require(IPNetwork("::1"))])
        for address in ["127.0.0.1", "::1", "64:ff9b::127.0.0.1", "8.8.8.8"] {
            #expect(try policy.permits(#require(IPAddress(address))))
        }
        for address in ["10.0.0.1", "::2", "::ffff:127.0.0.1"] {
            #expect(try !policy.permits(#require(IPAddress(address))))
        }
    }
}
