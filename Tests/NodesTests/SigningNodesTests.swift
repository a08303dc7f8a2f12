import Engine
import Identity
import Primitives
import Testing
import Values

/// The key pair, message and signature of RFC 8032 section 7.1, test 2.
private enum Vector {
    static let seed = known(
        Hexadecimal.decode("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
    static let key = known(
        Hexadecimal.decode("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"))
    static let signature = known(
        Hexadecimal.decode(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"))
    static let pair = Base58.encode(seed + key)
    static let keyText = Base58.encode(key)
    static let signatureText = Base58.encode(signature)
    /// The one byte 0x72.
    static let message = #""message":{"S":"r"}"#
    static let result = #"{"signature":{"B6":"\#(signatureText)"},"pubkey":{"B3":"\#(keyText)"}}"#
}

private func known<Value>(_ value: Value?) -> Value {
    guard let value else { preconditionFailure("a test counts on something that is not there") }
    return value
}

@Suite struct `The nodes that sign` {
    @Test(arguments: [
        #"{"B6":"\#(Vector.pair)"}"#, #"{"S":"\#(Vector.pair)"}"#,
    ])
    func `sign with a key pair at once`(wallet: String) throws {
        let bench = try NodeBench("sign_message")
        #expect(try bench.result(#"{"wallet":\#(wallet),\#(Vector.message)}"#) == Vector.result)
    }

    @Test(arguments: [
        #"{"B3":"\#(Vector.keyText)"}"#, #"{"S":"\#(Vector.keyText)"}"#,
        #"{"M":{"public_key":{"B3":"\#(Vector.keyText)"},"token":{"N":0}}}"#,
        #"{"B6":"\#(Base58.encode(Array(repeating: 0, count: 32) + Vector.key))"}"#,
    ])
    func `ask whoever has the key of anything else`(wallet: String) throws {
        let bench = try NodeBench("sign_message")
        let result = try bench.result(#"{"wallet":\#(wallet),\#(Vector.message)}"#)
        #expect(result == "asks \(Vector.keyText) to sign 1 bytes within \(Duration.seconds(180))")
    }

    @Test func `use a secret without showing it`() throws {
        let bench = try NodeBench("sign_message")
        var inputs: ValueMap = ["message": .string("r")]
        inputs["wallet"] = .keyPairSecret(known(Bytes64(Vector.seed + Vector.key)))
        #expect(
            KindTrial(bench.node, inputs).outputs?["signature"] == Value.b64(known(Bytes64(Vector.signature)))
        )
        inputs["wallet"] = .vaultSecret(Vector.pair, provider: "p", label: "l")
        #expect(
            KindTrial(bench.node, inputs).outputs?["signature"] == Value.b64(known(Bytes64(Vector.signature)))
        )
        inputs["wallet"] = .vaultSecret("not a key", provider: "p", label: "l")
        let trial = KindTrial(bench.node, inputs)
        #expect(trial.outputs == nil && !trial.text.contains("not a key"))
        inputs["wallet"] = .keyPairSecret(known(Bytes64(Vector.seed + Vector.signature.prefix(32))))
        #expect(
            KindTrial(bench.node, inputs).text == "wallet: the halves of the key pair do not belong together")
    }

    @Test(arguments: [
        (
            #"{"wallet":{"U":"1"},\#(Vector.message)}"#,
            "failed: invalid type: integer `1`, expected public key"
        ),
        (#"{\#(Vector.message)}"#, "failed: missing field `wallet`"),
        (
            #"{"wallet":{"B3":"\#(Vector.keyText)"},"message":{"S":"r"},"timeout":{"D":"-1"}}"#,
            "failed: timeout must be a number of seconds, 0 or more"
        ),
        (
            #"{"wallet":{"B3":"\#(Vector.keyText)"},"message":{"S":"\#(String(repeating: "a", count: 16_385))"}}"#,
            "failed: a message to be signed by a person has at most 16384 bytes"
        ),
        (
            #"{"wallet":{"B3":"\#(Vector.keyText)"},"message":{"S":"r"},"timeout":{"D":"1.5"}}"#,
            "asks \(Vector.keyText) to sign 1 bytes within \(Duration.milliseconds(1_500))"
        ),
        (
            #"{"wallet":{"B3":"\#(Vector.keyText)"},"message":{"S":"r"},"timeout":{"F":"1e300"}}"#,
            "asks \(Vector.keyText) to sign 1 bytes within \(Duration.milliseconds(Limits.waitMillisecondsMax))"
        ),
    ])
    func `give`(inputs: String, result: String) throws {
        #expect(try NodeBench("sign_message").result(inputs) == result)
    }
}

@Suite struct `The node that checks signatures` {
    private func valid(_ key: String, _ message: String, _ signature: String) throws -> String {
        try NodeBench("verify_signature").result(
            #"{"pubkey":\#(key),"message":\#(message),"signature":\#(signature)}"#)
    }

    @Test func `knows a right one from a wrong one`() throws {
        let key = #"{"B3":"\#(Vector.keyText)"}"#
        let signature = #"{"S":"\#(Vector.signatureText)"}"#
        #expect(try valid(key, #"{"S":"r"}"#, signature) == #"{"valid":{"B":true}}"#)
        #expect(try valid(key, #"{"BY":"cg=="}"#, signature) == #"{"valid":{"B":true}}"#)
        #expect(try valid(key, #"{"S":"s"}"#, signature) == #"{"valid":{"B":false}}"#)
        #expect(try valid(signature, #"{"S":"r"}"#, signature) == #"{"valid":{"B":false}}"#)
    }

    @Test func `refuses what is no signature`() throws {
        let result = try valid(#"{"B3":"\#(Vector.keyText)"}"#, #"{"S":"r"}"#, #"{"S":"abc"}"#)
        #expect(result == "failed: invalid base58")
    }
}
