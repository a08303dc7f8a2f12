// Rules of credentials: whatever is accepted is spelled as this server spells it, and a refusal repeats nothing.

import Identity
import Primitives

extension FuzzTarget {
    static let tokens = FuzzTarget("tokens") { input in
        let text = String(decoding: input, as: UTF8.self)
        try TokenRules.checkDecisions(text)
        try TokenRules.checkTokens(text)
        try TokenRules.checkKeys(input, text)
        try TokenRules.checkBoxes(input)
    }
}

private enum TokenRules {
    /// Secrets of nobody, under which the corpus was made.
    private static let serverSecret: ServerSecret = {
        guard let secret = ServerSecret(bytes: [UInt8](repeating: 7, count: 32)) else {
            preconditionFailure("a secret has 32 bytes")
        }
        return secret
    }()
    private static let tokenSecret = Secret([UInt8](repeating: 8, count: 32))
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let verifier = CredentialVerifier(serverSecret: serverSecret, tokenSecret: tokenSecret)
    private static let sealingKey = SealingKey(serverSecret)

    static func checkDecisions(_ text: String) throws {
        let bare = String(CredentialHeaders.withoutScheme(text))
        for shape in [CredentialShape.user, .userOrStarter, .userOrRun, .apiKeyOnly, .signedTokenOnly] {
            for headers in [CredentialHeaders(authorization: text), CredentialHeaders(apiKey: text)] {
                try check(
                    verifier.decide(headers, accepting: shape, at: now),
                    headers.apiKey == nil ? bare : text, shape)
            }
        }
        try check(verifier.decide(token: text, at: now), bare, [.user, .runToken])
    }

    private static func check(
        _ decision: CredentialDecision, _ text: String, _ shape: CredentialShape
    ) throws {
        switch decision {
        case .caller(.run(let run)):
            try expect(shape.contains(.runToken), "a token of a run is accepted where none is")
            try expect(
                RunToken.make(for: run, secret: serverSecret) == text, "a token of a run has two spellings")
        case .caller(.starter(let key)):
            try expect(shape.contains(.publicKey), "a public key is accepted where none is")
            try expect(key.text == text, "a public key has two spellings")
        case .caller(let caller): throw Finding("\(caller) needs no storage")
        case .awaitingUser(.apiKey(let hash)):
            try expect(shape.contains(.apiKey), "an API key is accepted where none is")
            let key = try expect("an API key is one") { APIKey(text) }
            try expect(key.text == text && key.hash == hash, "an API key has two spellings")
            try expect(APIKeyHash(hash.text) == hash, "a hash becomes another")
        case .awaitingUser(.signedToken(let claims)):
            try expect(shape.contains(.signedToken), "a signed token is accepted where none is")
            try expect(!claims.hasExpired(at: now), "a token that has expired is accepted")
            let signature = String(text.split(separator: ".").last ?? "")
            let bytes = Base64.decode(signature, alphabet: .url, padded: false) ?? []
            try expect(
                Base64.encode(bytes, alphabet: .url, padded: false) == signature,
                "a signature has two spellings")
        case .refused(let error):
            try expect(text.utf8.count < 8 || !"\(error)".contains(text), "a refusal repeats the credential")
        }
    }

    static func checkTokens(_ text: String) throws {
        if let token = RefreshToken(text) {
            try expect(token.text == text, "a refresh token has two spellings")
            let next = token.successor(under: serverSecret)
            try expect(
                next.text != text && next.familyHash == token.familyHash,
                "the next refresh token is of another family")
        }
        if FileToken.verify(text, for: "a/b.txt", at: now, secret: serverSecret) != nil {
            let other = FileToken.verify(text, for: "a/c.txt", at: now, secret: serverSecret)
            try expect(other == nil, "a token opens two files")
        }
        if let challenge = LoginChallenge(signed: text, at: now, secret: serverSecret) {
            let made = LoginChallenge.make(
                for: challenge.publicKey, second: challenge.second, secret: serverSecret)
            try expect(text.hasPrefix(made + "."), "a challenge has two spellings")
        }
    }

    static func checkKeys(_ input: [UInt8], _ text: String) throws {
        if let key = PublicKey(text) { try expect(key.text == text, "a public key has two spellings") }
        if let pair = try? Ed25519KeyPair(keyFile: input) {
            let again = try expect("a key file is read again") { try Ed25519KeyPair(keyFile: pair.keyFile) }
            try expect(again.publicKey == pair.publicKey, "a key file has another key")
        }
        _ = try? DerivationPath(text)
        do throws(MnemonicError) {
            _ = try MnemonicPhrase(text)
        } catch {
            try expect(text.utf8.count < 12 || !"\(error)".contains(text), "a refusal repeats the phrase")
        }
    }

    static func checkBoxes(_ input: [UInt8]) throws {
        try expect(
            (try? SealedBox.open(input, for: [1], under: sealingKey)) == nil, "a box of a stranger opens")
        var box = SealedBox.seal(input, for: [1], under: sealingKey)
        let content = try expect("a box opens") { try SealedBox.open(box, for: [1], under: sealingKey) }
        try expect(content == input, "a box has other content")
        box[box.count / 2] ^= 1
        try expect(
            (try? SealedBox.open(box, for: [1], under: sealingKey)) == nil, "a box that was changed opens")
    }
}
