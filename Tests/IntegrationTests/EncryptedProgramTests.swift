import Foundation
import Net
import TestKit
import TestTraits
import Testing

/// The executable with TLS at its own doors, as an operator sets it up and clients find it.
@Suite(.blocking) struct `The program with TLS` {
    private let folder: ProgramFolder

    init() throws { folder = try ProgramFolder() }

    private var certificate: String { folder.dataFolder + "/tls-localhost.pem" }
    private var key: String { folder.dataFolder + "/tls-localhost.key" }
    private var settings: [String: String] { ["FLOWD_TLS_CERTIFICATE": certificate, "FLOWD_TLS_KEY": key] }

    /// Runs a program of this machine to its end.
    private func run(_ words: String..., input: String? = nil) throws -> (status: Int32?, output: String) {
        let process = Process()
        let (output, entry) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.standardOutput = output
        process.standardError = output
        process.standardInput = entry
        try process.run()
        if let input { try entry.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
        try entry.fileHandleForWriting.close()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        return (process.waitForEnd(), text)
    }

    private func watcher(_ port: UInt16, _ trust: TLSContext, _ key: String) throws -> TestWebSocket {
        let socket = try TestWebSocket(
            on: TestHTTPClient(on: TestConnection(port: port, trusting: trust)))
        try socket.send(#"{"id":1,"method":"Authenticate","params":{"token":"\#(key)"}}"#)
        #expect(try socket.receiveText().contains(#""id":1"#))
        return socket
    }

    @Test func `serves https and wss with a certificate of its own making, and changes it under way`() throws
    {
        #expect(try folder.run("tls", "self-signed", "localhost").status == 0)
        let again = try folder.run("tls", "self-signed", "localhost")
        #expect(again.status == 1)
        #expect(again.complaint.contains("tls-localhost.pem is there already"))
        let shown = try run("openssl", "x509", "-in", certificate, "-noout", "-ext", "subjectAltName")
        #expect(shown.output.contains("DNS:localhost"))

        let program = try FlowdProgram(in: folder, settings: settings)
        let port = program.port
        #expect(program.logText.contains("listening url=https://127.0.0.1:\(port) "))
        #expect(try folder.run("healthcheck", port: port, settings: settings).status == 0)
        #expect(try folder.run("healthcheck", port: port).status == 1, "in clear")
        let trust = try TLSContext(clientTrusting: .file(certificate))
        let ownerKey = try folder.client(of: program).key
        let client = TestHTTPClient(on: try TestConnection(port: port, trusting: trust))
        let info = try client.get("/info")
        #expect(info.text.contains("https://localhost"), "\(info.text)")
        let started = try client.post(
            "/flow/start/1", ["x-api-key": ownerKey], json: #"{"inputs":{"a":1,"b":2}}"#)
        let run = try #require(TestJSON(started.text)["flow_run_id"]?.string)
        #expect(
            try client.get("/flow/output/\(run)", ["x-api-key": ownerKey]).text == #"{"M":{"c":{"D":"3"}}}"#)

        let curl = try self.run(
            "curl", "-sS", "--cacert", certificate, "--max-time", "30",
            "https://localhost:\(port)/healthcheck",
            "--resolve", "localhost:\(port):127.0.0.1")
        #expect(curl.status == 127 || curl.status == 0, "\(curl.output)")
        let kept = folder.path + "/session"
        for option in ["-sess_out", "-sess_in"] {
            let visit = try self.run(
                "openssl", "s_client", "-connect", "127.0.0.1:\(port)", "-servername", "localhost",
                "-ign_eof",
                option, kept,
                input: "GET /healthcheck HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            #expect(visit.output.contains(option == "-sess_out" ? "New, TLSv1.3" : "Reused, TLSv1.3"))
        }

        let watchers = try (0..<200).map { _ in try watcher(port, trust, ownerKey) }
        let authority = try TestAuthority()
        let next = try authority.certificate(for: "DNS:localhost")
        for (from, to) in [(next.certificateFile, certificate), (next.keyFile, key)] {
            try Data(contentsOf: URL(filePath: from)).write(to: URL(filePath: to), options: .atomic)
        }
        program.signal(SIGHUP)
        #expect(program.waitForLog("certificates are read again"))
        let nextTrust = try TLSContext(clientTrusting: .file(authority.trustFile))
        #expect(throws: TLSError.self) { try TestConnection(port: port, trusting: trust) }
        try Data("nonsense".utf8).write(to: URL(filePath: key))
        #expect(program.waitForLog("tls_key: \(key) holds no key in PEM"))
        let fresh = TestHTTPClient(on: try TestConnection(port: port, trusting: nextTrust))
        #expect(try fresh.get("/healthcheck").status == 200)
        for socket in watchers {
            try socket.send(
                #"{"id":2,"method":"SubscribeFlowRunEvents","params":{"flow_run_id":"\#(run)"}}"#)
        }
        for socket in watchers {
            while try !socket.receiveText().contains("FlowFinish") {}
        }
        #expect(!program.logText.contains("PRIVATE KEY"))
        #expect(program.stop(withinSeconds: 30) == 0)
        let complaint = try folder.run("serve", settings: settings)
        #expect(complaint.status == 1)
        #expect(complaint.complaint.hasSuffix("flowd: tls_key: \(key) holds no key in PEM\n"))
    }

    @Test func `serves both in clear and with TLS, each at its address`() throws {
        #expect(try folder.run("tls", "self-signed", "localhost").status == 0)
        let program = try FlowdProgram(
            in: folder, settings: settings.merging(["FLOWD_TLS_LISTEN": "127.0.0.1:0"]) { $1 })
        #expect(program.waitForLog("\"listening with TLS\" url=https://127.0.0.1:"))
        let match = program.logText.firstMatch(of: /with TLS" url=https:\/\/127\.0\.0\.1:(\d+)/)
        let port = try #require(match.flatMap { UInt16($0.1) })
        let trust = try TLSContext(clientTrusting: .file(certificate))
        let secret = TestHTTPClient(on: try TestConnection(port: port, trusting: trust))
        #expect(try secret.get("/healthcheck").status == 200)
        #expect(try TestHTTPClient(port: program.port).get("/healthcheck").status == 200)
        #expect(try folder.run("healthcheck", port: program.port).status == 0)
        #expect(program.stop(withinSeconds: 30) == 0)
    }
}
