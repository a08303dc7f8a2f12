import Dialect
import Engine
import Identity
import Primitives
import Tables
import TestKit
import Testing
import Wire

@testable import SpaceOperator

private struct NoTables: TableStore {
    func perform(
        _ request: TableRequest, reply: @escaping @Sendable (Result<TableReply, TableError>) -> Void
    ) {
        reply(.failure(.unavailable("there are none")))
    }
}

/// Books that nobody has written in, for routes that are only looked at.
private struct NoAccounts: SessionBook, KeyBook, WalletBook {
    func logIn(
        _ challenge: LoginChallenge, _ session: NewSession, signUpIsOpen: Bool,
        reply: @escaping @Sendable (Result<LoginOutcome, StorageError>) -> Void
    ) { reply(.failure(.unavailable)) }

    func claim(
        _ session: NewSession, of user: UserID, for key: APIKeyHash,
        reply: @escaping @Sendable (Result<UserProfile?, StorageError>) -> Void
    ) { reply(.failure(.unavailable)) }

    func renew(
        _ old: [UInt8], of family: [UInt8], to fresh: [UInt8], expiresAt: Timestamp,
        reply: @escaping @Sendable (Result<RenewedSession?, StorageError>) -> Void
    ) { reply(.failure(.unavailable)) }

    func end(
        _ scope: SessionScope, of user: UserID, session: SessionID?,
        reply: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) { reply(.failure(.unavailable)) }

    func profile(of user: UserID, reply: @escaping @Sendable (Result<UserProfile?, StorageError>) -> Void) {
        reply(.failure(.unavailable))
    }

    func create(
        _ key: APIKey, named name: String, of user: UserID,
        reply: @escaping @Sendable (Result<KeyOutcome, StorageError>) -> Void
    ) { reply(.failure(.unavailable)) }

    func delete(
        _ hash: APIKeyHash, of user: UserID, reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void
    ) { reply(.failure(.unavailable)) }

    func add(
        _ draft: WalletDraft, of user: UserID,
        reply: @escaping @Sendable (Result<WalletOutcome, StorageError>) -> Void
    ) { reply(.failure(.unavailable)) }

    func change(
        _ id: Int64, to draft: WalletDraft, of user: UserID,
        reply: @escaping @Sendable (Result<WalletOutcome, StorageError>) -> Void
    ) { reply(.failure(.unavailable)) }
}

private struct NoExports: DataExporter, DataImporter {
    let owner = UserID(.zero)
    let serviceKey: ServiceKey? = nil

    func take(
        _ file: [UInt8], passphrase: Passphrase?,
        reply: @escaping @Sendable (Result<[String], DataImportError>) -> Void
    ) { reply(.failure(.unavailable)) }

    func export(
        _ user: UserID, passphrase: Passphrase?,
        reply: @escaping @Sendable (Result<[UInt8], DataExportError>) -> Void
    ) { reply(.failure(.unavailable)) }
}

/// All routes and sockets that a dialect can have, as method and path.
private let names: [String] = {
    var services = SpaceOperatorServices(anonKey: "", isReady: { true })
    services.accounts = AccountServices(
        sessions: NoAccounts(), keys: NoAccounts(), wallets: NoAccounts(), tokenSecret: .random(32),
        loginSecret: .random(), refreshSecret: .random(), signUpIsOpen: false, clock: .system)
    services.keyValues = MemoryKeyValues()
    services.tables = NoTables()
    services.files = FileServices(store: MemoryFiles(), tokenSecret: .random(), clock: .system)
    services.exporter = NoExports()
    services.importer = NoExports()
    var tracks = TrackTable()
    let dialect = SpaceOperatorDialect(services, tracks: SpaceOperatorTracks(in: &tracks))
    return dialect.routes.map { "\($0.method) \($0.path)" } + dialect.sockets.map { "GET \($0.path)" }
}()

private let document = known(try? JSONValue.parse(APIDocument.json(version: "1")))

extension JSONValue {
    /// All texts under this name, at any depth.
    fileprivate func texts(named name: String) -> [String] {
        switch self {
        case .array(let elements): elements.flatMap { $0.texts(named: name) }
        case .object(let object):
            object.entries.flatMap { key, value in
                (key == name ? [value.string].compactMap(\.self) : []) + value.texts(named: name)
            }
        default: []
        }
    }
}

@Suite struct `The API document` {
    @Test func `describes every route and nothing else`() {
        let described = APIDocument.operations.map { "\($0.method) \($0.path)" }
        #expect(Set(described).count == described.count)
        #expect(Set(described).subtracting(names) == [], "described, and not there")
        #expect(Set(names).subtracting(described) == [], "there, and not described")
    }

    @Test func `describes each parameter of a path`() {
        for operation in APIDocument.operations {
            let named = operation.path.split(separator: "/").filter { $0.hasPrefix("{") }
                .map { String($0.dropFirst().dropLast()) }
            let described = operation.parameters.filter { $0.place == .path }.map(\.name)
            #expect(named == described, "\(operation.path)")
        }
    }

    @Test func `says how each operation goes well, and what its refusals mean`() {
        for operation in APIDocument.operations {
            #expect(operation.answers.contains { 101..<300 ~= $0.status }, "\(operation.path)")
            let responses = operation.json["responses"]?.object
            for status in ["400", "413", "503"] { #expect(responses?[status] != nil, "\(operation.path)") }
            #expect((responses?["401"] != nil) == !operation.credentials.isEmpty, "\(operation.path)")
        }
    }

    @Test(arguments: [HTTPMethod.post, .patch, .delete])
    func `tells how tables refuse a body that is no JSON`(method: HTTPMethod) throws {
        let request = HTTPRequest(
            method: method, target: known(HTTPTarget("/rest/v1/flows" + (method == .post ? "" : "?id=eq.1"))),
            headers: ["Content-Type": "text/plain"])
        let error = #expect(throws: TableError.self) { try TableQuery(request, table: "flows") }
        let operation = try #require(
            APIDocument.operations.first { $0.method == method && $0.path == "/rest/v1/{table}" })
        #expect(error?.status == .unsupportedMediaType)
        #expect(operation.answers.contains { $0.status == error?.status.code })
    }

    @Test func `names nothing that it does not define`() {
        let schemas = document["components"]?["schemas"]?.object
        for reference in document.texts(named: "$ref") {
            let name = String(reference.dropFirst("#/components/schemas/".count))
            #expect(schemas?[name] != nil, "\(reference)")
        }
        let schemes = document["components"]?["securitySchemes"]?.object
        for credential in APIOperation.Credential.allCases { #expect(schemes?[credential.rawValue] != nil) }
    }

    @Test func `gives each operation a name of its own`() {
        let names = document.texts(named: "operationId")
        #expect(Set(names).count == names.count && names.count == APIDocument.operations.count)
    }
}
