// The Space Operator dialect over an engine on memory: no socket, no web loop, no database.

import Chain
import Dialect
import Documents
import Engine
import Foundation
import Identity
import Nodes
import Primitives
import SpaceOperator
import TestKit
import Values
import Wire

/// Plays golden exchanges to the dialect's own routes and sessions.
final class DialectAlone: GoldenPeer {
    private static let owner = known(UserID("e006ca5d-3c7c-4839-8b23-9c6f624f36b9"))
    private static let starter = known(UserID("86f56b70-6568-468a-b58b-3cfd61bd0dbb"))

    let given = GoldenCast.given(owner: owner, starter: starter, base: "http://alone")
    let derive: @Sendable (String, String) -> String?
    private let dialect: SpaceOperatorDialect
    private let verifier: CredentialVerifier
    private let engine: FlowEngine

    init() throws {
        var services = SpaceOperatorServices(anonKey: "local-anon-key", isReady: { true })
        services.nodeDefinitions = NodeDefinitionJSON.encode(NodeLibrary.kinds(.unavailable))
        services.keyValues = MemoryKeyValues()
        let secret = ServerSecret.random()
        services.makeRunToken = { RunToken.make(for: $0, secret: secret) }
        derive = GoldenCast.derive(secret)
        verifier = CredentialVerifier(serverSecret: secret, tokenSecret: GoldenCast.tokenSecret)
        let storage = MemoryStorage()
        let files = try FileManager.default.contentsOfDirectory(
            at: GoldenCast.flowsFolder, includingPropertiesForKeys: nil)
        for file in files {
            let bytes = Array(try Data(contentsOf: file))
            let settings = try FlowDocument(bytes).settings
            storage.add(
                FlowRow(
                    number: known(settings.number), uuid: known(settings.uuid), owner: DialectAlone.owner,
                    isPublic: settings.isPublic, startShared: settings.startShared,
                    startUnverified: settings.startUnverified, readEnabled: settings.readEnabled, version: 1,
                    document: bytes))
        }
        for (user, key) in [
            (DialectAlone.owner, GoldenCast.ownerKey), (DialectAlone.starter, GoldenCast.starterKey),
        ] {
            storage.add(WalletRow(id: 0, owner: user, key: known(Bytes32(key.bytes)), isKept: false))
        }
        let compiler = FlowDocumentCompiler(registry: NodeLibrary.registry(), digest: Digest.sha256)
        var tracks = TrackTable()
        let numbers = SpaceOperatorTracks(in: &tracks)
        var ports = EnginePorts(
            catalog: storage, journal: storage, compiler: compiler, tracks: tracks, clock: .system,
            log: .silent)
        ports.deployments = storage
        ports.rewriter = compiler
        ports.copies = storage
        ports.belongings = WalletExchange(storage)
        ports.inputs = MemoryInputs(storage)
        ports.controls = MemoryRunControls(storage)
        let signatures = MemorySignatures(storage)
        signatures.add(.person(DialectAlone.owner), of: known(Bytes32(GoldenCast.starterKey.bytes)))
        ports.signatures = signatures
        ports.verifySignature = { signature, message, key in
            Ed25519.verify(signature.bytes, of: message, by: known(PublicKey(bytes: key.bytes)))
        }
        ports.addresses = InputAddresses(
            prefix: { "http://alone/flow/submit/" },
            key: { run, execution in
                Hexadecimal.encode(Digest.sha256(Array("\(run) \(execution.node) \(execution.times)".utf8)))
            }, digest: { Digest.sha256(Array($0.utf8)) })
        let engine = FlowEngine(laneCount: 2, workers: 2, ports: ports)
        services.reads = ReadDesk { engine.perform($0, reply: $1) }
        dialect = SpaceOperatorDialect(services, tracks: numbers)
        self.engine = engine
    }

    // MARK: HTTP

    func answer(_ request: GoldenRequest) throws -> TestHTTPResponse {
        let target = known(HTTPTarget(request.path))
        var headers = HTTPHeaders(request.headers.map { ($0.name, $0.value) })
        if headers["host"] == nil { headers.add("Host", "localhost") }
        var message = HTTPRequest(
            method: HTTPMethod(request.method), target: target, version: .http11,
            headers: headers)
        message.body = Array(request.body.utf8)
        for route in dialect.routes where route.method == message.method {
            guard let parameters = route.match(target.segments) else { continue }
            let step = route.handle(
                RouteRequest(
                    request: message, parameters: parameters, baseURL: "http://\(headers["host"] ?? "")"))
            return try carryOut(step, message)
        }
        return TestHTTPResponse(status: 404, headers: [], body: [])
    }

    /// - Parameter caller: who was let in. Nobody's key ends here, so that each is who he was.
    private func carryOut(
        _ step: RouteStep, _ message: HTTPRequest, _ caller: AuthenticationResult = .refused(.missing)
    ) throws -> TestHTTPResponse {
        switch step {
        case .respond(let response):
            return TestHTTPResponse(
                status: response.status.code, headers: response.headers.fields.map { ($0.name, $0.value) },
                body: response.body)
        case .content(_, let next): return try carryOut(next(message), message, caller)
        case .refuse(let refusal):
            return try carryOut(.respond(dialect.words.answer(refusal, to: message)), message, caller)
        case .authenticate(let reader, let next):
            let result = try result(reader.read(message))
            return try carryOut(next(result), message, result)
        case .confirm(let next):
            return try carryOut(next(caller), message, caller)
        case .call(let call, let next):
            return try carryOut(next(ask(call)), message, caller)
        case .ask(let question):
            return try carryOut(try awaitAnswer { question.ask($0) }, message, caller)
        case .open, .stream: throw Surprise(expected: "the step of a route without a stream", step)
        }
    }

    // MARK: Sockets

    func openSocket() throws -> any GoldenSocket {
        try SessionSocket(
            on: dialect, tracks: engine.tracks, authenticate: { try self.result($0) },
            call: { try self.ask($0) })
    }

    // MARK: What the server would do

    private func ask(_ call: EngineCall) throws -> EngineReply {
        try awaitAnswer { reply in engine.perform(call) { reply($0) } }
    }

    private func result(_ credential: Credential?) throws -> AuthenticationResult {
        let now = Clock.system.now()
        switch credential {
        case .headers(let headers, let shape)?:
            return DialectAlone.result(verifier.decide(headers, accepting: shape, at: now))
        case .token(let token)?: return DialectAlone.result(verifier.decide(token: token, at: now))
        case .own?, nil: throw Surprise(expected: "a credential that Identity verifies", credential)
        }
    }

    private static func result(_ decision: CredentialDecision) -> AuthenticationResult {
        switch decision {
        case .caller(let caller): .caller(caller)
        case .refused(let error): .refused(error)
        case .awaitingUser(.apiKey(GoldenCast.ownerAPIKey.hash)): .caller(.user(owner, GoldenCast.ownerKey))
        case .awaitingUser(.apiKey(GoldenCast.starterAPIKey.hash)):
            .caller(.user(starter, GoldenCast.starterKey))
        case .awaitingUser(.signedToken(let claims)): .caller(.user(claims.user, claims.publicKey))
        case .awaitingUser(let proof): .refused(proof.refusal)
        }
    }
}
