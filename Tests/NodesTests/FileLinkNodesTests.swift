import Engine
import Nodes
import Primitives
import TestKit
import Testing
import Values

/// Spec nodes 2.7.
@Suite struct `The nodes that give addresses of files` {
    private static let owner = UserID(UniqueID(high: 1, low: 2))
    private let bench = AnswerBench(
        owner: Self.owner,
        fileLinks: FileLinks(
            publicPrefix: { "http://here/public/" }, signedPrefix: { "http://here/sign/" },
            token: { key, owner, end in "\(owner == Self.owner)-\(end)" }),
        clock: Clock(now: { Timestamp(seconds: 1_000) }, steady: { 0 }))

    @Test(arguments: [
        (
            #""bucket":{"S":"user-public-storages"},"path":{"S":"/a b/c%?#é.txt"}"#,
            "http://here/public/user-public-storages/\(owner)/a%20b/c%25%3F%23%C3%A9.txt"
        ),
        (
            #""key":{"S":"user-public-storages/\#(owner)/a.txt"}"#,
            "http://here/public/user-public-storages/\(owner)/a.txt"
        ),
    ])
    func `tell where everybody reads a public file`(inputs: String, url: String) throws {
        #expect(try bench.result("storage_get_public_url", "{\(inputs)}") == #"{"url":{"S":"\#(url)"}}"#)
    }

    @Test(arguments: [
        (
            #""bucket":{"S":"user-storages"},"path":{"S":"a"}"#,
            "only files in the bucket user-public-storages are public; storage_create_signed_url gives an address of any file"
        ),
        (
            #""key":{"S":"user-public-storages/00000000-0000-0000-0000-000000000001/a"}"#,
            "a path in this bucket begins with the id of the flow's owner"
        ),
        (#""bucket":{"S":"user-public-storages"},"path":{"S":"../a"}"#, "a path has no segment `..`"),
        ("", "missing field `key`, or `bucket` and `path`"),
    ])
    func `tell it of no other file`(inputs: String, message: String) throws {
        #expect(try bench.result("storage_get_public_url", "{\(inputs)}") == "failed: \(message)")
    }

    @Test(arguments: [
        (#""expires_in":{"D":"60"}"#, "true-1060"), (#""expires_in":{"F":"0.5"}"#, "true-1001"),
        (#""expires_in":{"U":"60"},"download":{"B":true}"#, "true-1060&download="),
        (#""expires_in":{"U":"60"},"download":{"S":"a b&c.txt"}"#, "true-1060&download=a%20b%26c.txt"),
        (#""expires_in":{"U":"60"},"download":{"B":false},"transform":{"N":0}"#, "true-1060"),
    ])
    func `sign for a while`(inputs: String, end: String) throws {
        let path = #""bucket":{"S":"docs"},"path":{"S":"a b.txt"}"#
        #expect(
            try bench.result("storage_create_signed_url", "{\(path),\(inputs)}") == "failed: not found")
        _ = try bench.result("storage_upload", #"{\#(path),"content":{"S":"x"}}"#)
        #expect(
            try bench.result("storage_create_signed_url", "{\(path),\(inputs)}")
                == #"{"url":{"S":"http://here/sign/docs/a%20b.txt?token=\#(end)"}}"#)
    }

    @Test(arguments: [
        (#""expires_in":{"U":"0"}"#, "expires_in must be more than 0 and at most 315360000 seconds"),
        (#""expires_in":{"F":"NaN"}"#, "expires_in must be more than 0 and at most 315360000 seconds"),
        (#""expires_in":{"F":"1e300"}"#, "expires_in must be more than 0 and at most 315360000 seconds"),
        (
            #""expires_in":{"U":"1"},"transform":{"M":{"width":{"U":"1"}}}"#,
            "transform: flowd does not change pictures"
        ),
        (#""expires_in":{"U":"1"},"download":{"U":"1"}"#, "download must be true, false or a file name"),
        ("", "missing field `expires_in`"),
    ])
    func `do not sign otherwise`(inputs: String, message: String) throws {
        let path = #""bucket":{"S":"docs"},"path":{"S":"a"}"#
        #expect(
            try bench.result("storage_create_signed_url", "{\(path)\(inputs.isEmpty ? "" : ",")\(inputs)}")
                == "failed: \(message)")
    }
}
