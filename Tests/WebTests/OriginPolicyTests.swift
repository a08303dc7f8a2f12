import Dialect
import TestKit
import Testing
import Wire

@testable import Web

@Suite struct `Allowed origins` {
    /// Why a request with these headers is refused, in a word; nil if it is not.
    private func verdict(_ policy: OriginPolicy, _ headers: HTTPHeaders) -> String? {
        let request = HTTPRequest(method: .get, target: known(HTTPTarget("/")), headers: headers)
        return policy.refusal(of: request).map { "\($0)" }
    }

    @Test(arguments: [
        ("https://app.example", true), ("https://APP.example", true), ("https://app.example.evil.org", false),
        ("https://app-a1-x.example", true), ("https://app-a-x.example.evil.org", false),
        ("https://app--x.example", true),
        ("https://app-a.b-x.example", false), ("null", false), ("http://127.0.0.1:8081", false),
        ("http://localhost:8080", false),
    ])
    func `are anchored at both ends`(origin: String, isAllowed: Bool) {
        let policy = OriginPolicy(["https://app.example", "https://app-*-x.example"])
        let refusal = verdict(policy, ["host": "127.0.0.1:8080", "origin": origin])
        #expect(refusal == (isAllowed ? nil : "foreignOrigin"))
    }

    /// Hosts of a page that says to come from the same host.
    static let hosts: [(host: String, isKnown: Bool)] = [
        ("127.0.0.1:8080", true), ("127.0.0.1", true), ("192.168.1.5:8080", true), ("8.8.8.8", true),
        ("[::1]:8080", true), ("[2001:db8::5]", true), ("localhost:8080", true), ("LOCALHOST:9000", true),
        ("localhost.", true), ("flowd.localhost:8080", true),
        ("flows.example", true), ("flows.example:8443", true), ("Flows.Example.:80", true),
        ("app.example", true),
        ("rebound.evil.org:8080", false), ("evil.org", false), ("127.0.0.1.evil.org", false),
        ("me:8080", false),
        ("localhost.evil.org", false), ("evillocalhost", false), ("flows.example.evil.org", false),
        ("app-1-x.example", false), ("[::1", false), ("[evil.org]", false), ("1.2.3", false), ("", false),
    ]

    @Test(arguments: hosts)
    func `have that of the server itself, if it is known by the name`(host: String, isKnown: Bool) {
        let policy = OriginPolicy(
            ["https://app.example", "https://app-*-y.example"], publicURL: "https://flows.example/base")
        for page: HTTPHeaders in [
            ["origin": "http://\(host)"], ["origin": "https://\(host)"], ["sec-fetch-site": "same-origin"],
            ["referer": "http://\(host)/page?a"], ["referer": "https://\(host)"],
        ] {
            var headers = page
            headers.add("host", host)
            let refusal = verdict(policy, headers)
            let isListed = ["https://app.example", "https://flows.example"].contains(page["origin"])
            #expect(refusal == (isKnown || isListed ? nil : "unknownName"), "\(page)")
        }
        // Programs that are no browsers call the server what they like.
        #expect(verdict(policy, ["host": host]) == nil)
        #expect(verdict(policy, ["host": host, "referer": "https://elsewhere.example/"]) == nil)
        #expect(verdict(policy, ["host": host, "sec-fetch-site": "cross-site"]) == nil)
    }

    @Test func `have the public address behind a proxy that calls the server otherwise`() {
        let policy = OriginPolicy([], publicURL: "https://flows.example/base")
        #expect(verdict(policy, ["host": "inner:8080", "origin": "https://flows.example"]) == nil)
        #expect(verdict(policy, ["host": "inner:8080", "origin": "http://flows.example"]) == "foreignOrigin")
        #expect(verdict(policy, ["host": "inner:8080", "origin": "http://inner:8080"]) == "unknownName")
    }

    @Test func `are all, if the setting says so`() {
        #expect(verdict(OriginPolicy(["*"]), ["host": "evil.org", "origin": "http://evil.org"]) == nil)
    }
}
