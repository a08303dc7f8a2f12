// The people of the golden exchanges and what they carry.

import Foundation
import Identity
import Primitives
import TestKit
import Wire

/// Who appears in the files.
enum GoldenCast {
    /// Public keys are those of the protocol's worked examples.
    static let ownerKey = known(PublicKey("9C6hybhQ6Aycep9jaUnP6uL9ZYvDjUp1aSkFWPUFJtpj"))
    static let ownerKeyPair = known(Ed25519KeyPair(seed: Array(1...32)))
    static let starterKey = known(PublicKey("5ZgHPb447UcXavVTorgYBr8egi3sw7dXKpX4Frec9rYS"))
    static let ownerAPIKey = known(APIKey("b3-ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1-f4CBgoM"))
    static let starterAPIKey = APIKey()
    static let deletedAPIKey = APIKey()
    static let tokenSecret = Secret(Array("an-example-jwt-secret-that-is-at-least-32-bytes".utf8))

    /// The folder of the files.
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
    static let flowsFolder = folder.appending(path: "Flows")

    /// The holes that are bound from the beginning.
    static func given(owner: UserID, starter: UserID, base: String) -> [String: String] {
        [
            "base": base,
            "key": ownerAPIKey.text, "owner": owner.text, "pubkey": ownerKey.text,
            "jwt": signedToken(owner, ownerKey),
            "starter-key": starterAPIKey.text, "starter": starter.text,
            "starter-jwt": signedToken(starter, starterKey), "deleted-key": deletedAPIKey.text,
        ]
    }

    /// What `<token of run>` stands for on a server with this secret, and `<login of challenge>`, which the owner has
    /// signed, as it stands inside of a JSON string.
    static func derive(_ secret: ServerSecret) -> @Sendable (String, String) -> String? {
        { what, value in
            switch what {
            case "token": RunID(value).map { RunToken.make(for: $0, secret: secret) }
            case "login":
                (value + "." + Base58.encode(ownerKeyPair.sign(Array(value.utf8)))).replacing(
                    "\n", with: "\\n")
            default: nil
            }
        }
    }

    /// A token as another service would sign it, good until the year 2100.
    static func signedToken(_ user: UserID, _ key: PublicKey) -> String {
        let payload = """
            {"aud":"authenticated","exp":4102444800,"sub":"\(user)","role":"authenticated",\
            "user_metadata":{"pubkey":"\(key)"}}
            """
        let signed = [#"{"alg":"HS256","typ":"JWT"}"#, payload].map {
            Base64.encode(Array($0.utf8), alphabet: .url, padded: false)
        }.joined(separator: ".")
        let signature = Digest.hmacSHA256(Array(signed.utf8), key: tokenSecret)
        return signed + "." + Base64.encode(signature, alphabet: .url, padded: false)
    }
}
