// The JSON bodies of the routes about accounts, read and checked. Their errors quote nothing of them.

internal import Identity
internal import Primitives
internal import Wire

extension JSONObject {
    /// The members of a required body, whose content type must be JSON (spec http-and-websocket 2.1, 2.3).
    fileprivate init(requiredBodyOf request: HTTPRequest) throws(BodyError) {
        guard request.declaresJSON else { throw .contentType }
        guard let object = try JSONValue(body: request.body).object else {
            throw .field("body", rule: "expected an object")
        }
        self = object
    }

    /// A text that may be missing or null.
    fileprivate func text(_ name: String, bytesMax: Int) throws(BodyError) -> String? {
        switch self[name] {
        case nil, .null?: return nil
        case .string(let text)?:
            guard text.utf8.count <= bytesMax else {
                throw .field(name, rule: "expected at most \(bytesMax) bytes")
            }
            // The database cannot hold NUL, and a client that compares texts must not be shown another one.
            guard !text.utf8.contains(0) else { throw .field(name, rule: "must not contain U+0000") }
            return text
        default: throw .field(name, rule: "expected a string")
        }
    }

    /// A text that must be there.
    fileprivate func requiredText(_ name: String, bytesMax: Int = Limits.requestBodyBytesMax)
        throws(BodyError)
        -> String
    {
        guard let text = try text(name, bytesMax: bytesMax) else {
            throw .field(name, rule: "expected a string")
        }
        return text
    }

    fileprivate func publicKey(_ name: String) throws(BodyError) -> PublicKey? {
        guard let text = try text(name, bytesMax: Limits.requestBodyBytesMax) else { return nil }
        guard let key = PublicKey(text) else { throw .field(name, rule: "expected 32 bytes in Base58") }
        return key
    }
}

/// The body of `/auth/init`.
struct ChallengeBody {
    let publicKey: PublicKey

    init(_ request: HTTPRequest) throws(BodyError) {
        guard let key = try JSONObject(requiredBodyOf: request).publicKey("pubkey") else {
            throw .field("pubkey", rule: "expected a string")
        }
        publicKey = key
    }
}

/// The body of `/auth/confirm`.
struct ConfirmBody {
    let token: String

    init(_ request: HTTPRequest) throws(BodyError) {
        token = try JSONObject(requiredBodyOf: request).requiredText("token")
    }
}

/// The body of `/auth/v1/token`.
struct RefreshBody {
    let token: String

    init(_ request: HTTPRequest) throws(BodyError) {
        token = try JSONObject(requiredBodyOf: request).requiredText("refresh_token")
    }
}

/// The body of `/apikey/create`.
struct KeyNameBody {
    /// Without white space around it.
    let name: String

    init(_ request: HTTPRequest) throws(BodyError) {
        let text = try JSONObject(requiredBodyOf: request).requiredText("name")
        let isSpace: (Unicode.Scalar) -> Bool = { $0.properties.isWhitespace }
        let front = text.unicodeScalars.drop(while: isSpace)
        let name = String(String.UnicodeScalarView(front.reversed().drop(while: isSpace).reversed()))
        guard !name.isEmpty, name.utf8.count <= Limits.apiKeyNameBytesMax else {
            throw .field("name", rule: "expected 1 to \(Limits.apiKeyNameBytesMax) bytes")
        }
        self.name = name
    }
}

/// The body of `/apikey/delete`.
struct KeyHashBody {
    let hash: String

    init(_ request: HTTPRequest) throws(BodyError) {
        hash = try JSONObject(requiredBodyOf: request).requiredText("key_hash")
    }
}

/// The body of `/wallets/upsert`: a row of the table (spec http-and-websocket 2.10).
struct WalletBody {
    /// The id of the wallet to change; nil to add one.
    let id: Int64?
    /// The owner that the body names, if it names one.
    let user: UserID?
    let draft: WalletDraft

    init(_ request: HTTPRequest) throws(BodyError) {
        let members = try JSONObject(requiredBodyOf: request)
        switch members["id"] {
        case nil, .null?: id = nil
        case let tree?:
            guard let number = tree.number?.integer(Int64.self) else {
                throw .field("id", rule: "expected an integer")
            }
            id = number
        }
        if let text = try members.text("user_id", bytesMax: Limits.walletTextBytesMax) {
            guard let user = UserID(text) else { throw .field("user_id", rule: "expected a UUID") }
            self.user = user
        } else {
            user = nil
        }
        draft = try WalletBody.draft(members)
    }

    private static func draft(_ members: JSONObject) throws(BodyError) -> WalletDraft {
        var draft = WalletDraft()
        if let text = try members.text("type", bytesMax: Limits.walletTextBytesMax) {
            guard let kind = WalletKind(rawValue: text) else {
                throw .field("type", rule: "expected HARDCODED or ADAPTER")
            }
            draft.kind = kind
        }
        draft.publicKey = try members.publicKey("public_key")
        if let text = try members.text("keypair", bytesMax: Limits.walletTextBytesMax) {
            draft.keyPair = try keyPair(text, of: draft.publicKey)
            draft.publicKey = draft.keyPair?.publicKey
        }
        draft.name = try members.text("name", bytesMax: Limits.walletTextBytesMax)
        draft.adapter = try members.text("adapter", bytesMax: Limits.walletTextBytesMax)
        draft.description = try members.text("description", bytesMax: Limits.walletTextBytesMax)
        draft.icon = try members.text("icon", bytesMax: Limits.walletTextBytesMax)
        draft.purpose = try members.text("purpose", bytesMax: Limits.walletTextBytesMax)
        return draft
    }

    /// The secret half and its public one, which must be that of the wallet.
    private static func keyPair(_ text: String, of publicKey: PublicKey?) throws(BodyError) -> Ed25519KeyPair
    {
        guard let bytes = Base58.decode(text), bytes.count == 2 * Ed25519KeyPair.seedByteCount,
            let pair = Ed25519KeyPair(seed: Array(bytes.prefix(Ed25519KeyPair.seedByteCount)))
        else { throw .field("keypair", rule: "expected 64 bytes in Base58") }
        guard pair.publicKey.bytes == Array(bytes.dropFirst(Ed25519KeyPair.seedByteCount)) else {
            throw .field("keypair", rule: "its public half does not belong to its secret half")
        }
        guard publicKey == nil || publicKey == pair.publicKey else {
            throw .field("keypair", rule: "expected that of public_key")
        }
        return pair
    }
}
