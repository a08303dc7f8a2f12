import Net
import Testing

@testable import Postgres

@Suite struct `Where a connection string leads` {
    private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    @Test(arguments: [
        ("postgres://u:p@db.example:5433/d?sslmode=verify-full", ["db.example"]),
        ("postgresql://a.example:1,b.example,a.example:3/d", ["a.example", "b.example"]),
        ("host=db.example port=5433 user=u", ["db.example"]),
        ("host=a.example,10.0.0.1,/run,::1,@x,,b.example", ["a.example", "b.example"]),
        ("host=a.example,b.example hostaddr=,10.0.0.1", ["a.example"]),
        ("host=a.example hostaddr=10.0.0.1", []),
        ("hostaddr=10.0.0.1", []),
        ("postgres://[fe80::1%25lo]:1/d", []),
        ("postgres://10.0.0.1/d", []),
        ("postgres://u@/d?host=/var/run/postgresql", []),
        // For the library to refuse.
        ("host=a.example,b.example hostaddr=10.0.0.1", []),
        ("host=a.example,b.example,c.example port=1,2", []),
        ("host=a.example nonsense", []),
    ])
    func `is to names, addresses and sockets`(string: String, names: [String]) {
        #expect(ConnectionTarget(string).names == names)
    }

    @Test func `has an address beside each name, in order`() throws {
        let target = ConnectionTarget(host: "a,/run,10.0.0.9,b", address: "", port: "1,2,3,4")
        let settings = target.settings(with: [
            "a": [try address("10.0.0.1"), try address("::1")], "b": [try address("10.0.0.2")],
        ])
        #expect(
            settings == [
                ConnectionSetting(keyword: "host", value: "a,a,/run,10.0.0.9,b"),
                ConnectionSetting(keyword: "hostaddr", value: "10.0.0.1,::1,,,10.0.0.2"),
                ConnectionSetting(keyword: "port", value: "1,1,2,3,4"),
            ])
        // Names that nobody knows are left out.
        #expect(
            target.settings(with: [:])?.map(\.value) == ["/run,10.0.0.9", ",", "2,3"])
        let lost = ConnectionTarget(host: "a,b", address: "", port: "")
        #expect(lost.settings(with: ["a": []]) == nil)
        #expect(lost.unknownNames.detail == "no address is known of a, b")
    }

    @Test func `is taken by the library with these settings`() throws {
        let target = ConnectionTarget(host: "nobody.invalid", address: "", port: "9")
        let settings = try #require(target.settings(with: ["nobody.invalid": [try address("127.0.0.1")]]))
        // Nothing listens there; that the library tries it shows that it has looked nothing up.
        let connection = try PostgresConnection(
            "host=elsewhere.invalid port=5432", overrides: settings, applicationName: "test")
        let error = #expect(throws: PostgresError.self) {
            while try connection.advanceConnecting() != .connected {
                _ = connection.wait(reading: true, writing: true, milliseconds: 10_000)
            }
        }
        #expect(error?.detail.contains("127.0.0.1") == true, "\(error?.detail ?? "")")
    }
}
