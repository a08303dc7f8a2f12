// The credentials of the second dialect: `name.secret` in a header or a subprotocol, and a signature in a message.

internal import Dialect
public import Identity
internal import Primitives
internal import Synchronization
internal import Wire

/// Who has which secret. Tests write it while a server reads it.
public final class LineBook: Sendable {
    static let subprotocolPrefix = "line-key."

    private let keys = Mutex<[String: (secret: Secret, caller: Caller)]>([:])

    /// The one of all servers of this process.
    public static let shared = LineBook()

    /// From now on this caller has a secret.
    public func add(_ name: String, _ secret: Secret, of caller: Caller) {
        keys.withLock { $0[name] = (secret, caller) }
    }

    /// From now on the name has none.
    public func remove(_ name: String) { keys.withLock { $0[name] = nil } }

    fileprivate func entry(_ name: String) -> (secret: Secret, caller: Caller)? { keys.withLock { $0[name] } }

    /// In the header `line-key` or behind the prefix of a subprotocol.
    var key: CredentialReader {
        CredentialReader { [self] request in
            let prefix = LineBook.subprotocolPrefix
            let offered = request.subprotocols.first { $0.hasPrefix(prefix) }?.dropFirst(prefix.count)
            return (request.headers["line-key"]?[...] ?? offered).map { .own(LineCredential($0, self)) }
        }
    }
}

/// `name.secret`, or `name.code` behind a text that the code authenticates; both in hexadecimal digits.
struct LineCredential: OwnCredential {
    private let name: String
    private let code: [UInt8]
    private let text: String?
    private let book: LineBook

    init(_ claim: Substring, signing text: String? = nil, _ book: LineBook) {
        let parts = claim.split(separator: ".", maxSplits: 1)
        name = String(parts.first ?? "")
        code = parts.last.flatMap { Hexadecimal.decode(String($0)) } ?? []
        self.text = text
        self.book = book
    }

    func verify(at now: Timestamp, reply: @escaping @Sendable (AuthenticationResult) -> Void) {
        guard let entry = book.entry(name) else { return reply(.refused(.own("key-unknown"))) }
        let expected = text.map { Digest.hmacSHA256(Array($0.utf8), key: entry.secret) }
        guard Digest.equal(expected ?? entry.secret.bytes, code) else {
            return reply(.refused(.own(text == nil ? "key-unknown" : "signature-wrong")))
        }
        reply(.caller(entry.caller))
    }

    /// A signature was good for its message; whether its signer may still come is another question.
    func confirm(at now: Timestamp, reply: @escaping @Sendable (AuthenticationResult) -> Void) {
        reply(book.entry(name).map { .caller($0.caller) } ?? .refused(.own("key-unknown")))
    }
}
