import Engine
import Primitives
import Testing
import Values

@testable import SpaceOperator

private let key = "5ZgHPb447UcXavVTorgYBr8egi3sw7dXKpX4Frec9rYS"
private let keyBytes = Base58.decode(key) ?? []

/// What is wrong with a body, or an empty text.
private func problem<Body>(_ read: ([UInt8]) throws(BodyError) -> Body, _ text: String) -> String {
    do throws(BodyError) {
        _ = try read(Array(text.utf8))
        return ""
    } catch {
        return error.description
    }
}

@Suite struct `Bodies of starts` {
    @Test(arguments: [
        #""\#(key)""#, "\(keyBytes)", #"{"public_key":"\#(key)"}"#, #"{"B3":"\#(key)"}"#,
        #"{"public_key":{"B3":"\#(key)"},"token":"t"}"#, "\([UInt8](repeating: 7, count: 32) + keyBytes)",
        #""\#(Base58.encode([UInt8](repeating: 7, count: 32) + keyBytes))""#,
    ])
    func `take a signer in any form, and of a key pair the public half`(text: String) throws {
        let body = try DeploymentStartBody(Array(#"{"action_signer":\#(text)}"#.utf8))
        #expect(body.actionSigner?.bytes == keyBytes)
    }

    @Test(arguments: [
        "7", "true", "[]", "{}", #""""#, #""0OIl""#, #""\#(key)1""#, "[1,2,3]",
        "\([Int](repeating: 256, count: 32))", "\([Int](repeating: -1, count: 32))",
        #"{"public_key":{"public_key":"\#(key)"}}"#, #"{"public_key":7}"#,
    ])
    func `refuse what is no signer`(text: String) {
        #expect(
            problem(DeploymentStartBody.init, #"{"action_signer":\#(text)}"#)
                == "action_signer: expected a public key")
    }

    @Test func `of deployments have no other fields, and nothing needs to be there`() throws {
        for text in ["", "{}", #"{"inputs":null,"action_signer":null,"output_instructions":null}"#] {
            let body = try DeploymentStartBody(Array(text.utf8))
            #expect(body.inputs.entries.isEmpty && body.actionSigner == nil && !body.collectsInstructions)
        }
        for name in ["input", "Inputs", "fees", "partial_config", ""] {
            #expect(
                problem(DeploymentStartBody.init, #"{"inputs":{},"\#(name)":1}"#) == "unknown field `\(name)`"
            )
        }
        let long = String(repeating: "x", count: 10_000)
        #expect(problem(DeploymentStartBody.init, #"{"\#(long)":1}"#).utf8.count < 100)
    }

    @Test func `of anonymous starts hold fees and an action`() throws {
        let body = try UnverifiedStartBody(
            Array(
                #"{"fees":[["\#(key)",0],["\#(key)",18446744073709551615]],"action_identity":"\#(key)","more":1}"#
                    .utf8))
        #expect(
            body.fees.map(\.lamports) == [0, .max] && body.fees.allSatisfy { $0.receiver.bytes == keyBytes })
        #expect(body.actionIdentity?.bytes == keyBytes && body.actionSigner == nil)
        let other = Base58.encode([UInt8](repeating: 3, count: 32))
        let configured = try UnverifiedStartBody(
            Array(
                #"{"action_identity":"\#(key)","action_config":{"action_signer":"\#(key)","action_identity":"\#(other)"}}"#
                    .utf8))
        #expect(configured.actionIdentity?.bytes == [UInt8](repeating: 3, count: 32))
        #expect(configured.actionSigner?.bytes == keyBytes)
    }

    @Test(arguments: [
        (#"{"fees":7}"#, "fees"), (#"{"fees":[7]}"#, "fees[0]"), (#"{"fees":[["\#(key)"]]}"#, "fees[0]"),
        (#"{"fees":[["\#(key)","1"]]}"#, "fees[0]"), (#"{"fees":[["\#(key)",1,1]]}"#, "fees[0]"),
        (#"{"fees":[["\#(key)",1],["\#(key)",18446744073709551616]]}"#, "fees[1]"),
        (#"{"fees":[["x",1]]}"#, "fees[0]"), (#"{"action_identity":7}"#, "action_identity"),
        (#"{"action_config":{}}"#, "action_config"), (#"{"action_config":7}"#, "action_config"),
        (#"{"action_config":{"action_signer":7}}"#, "action_config.action_signer"),
        (#"{"inputs":7}"#, "inputs"), (#"{"output_instructions":0}"#, "output_instructions"),
    ])
    func `of anonymous starts are refused with the name of what is wrong`(text: String, field: String) {
        #expect(problem(UnverifiedStartBody.init, text).hasPrefix(field + ": "))
    }
}
