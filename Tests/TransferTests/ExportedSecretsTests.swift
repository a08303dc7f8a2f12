import Identity
import Primitives
import Testing
import Transfer

@Suite struct `The secrets of an export` {
    private let user = UserID(.random())
    private let pair = Ed25519KeyPair()

    private func file(_ passphrase: String) throws -> ExportFile {
        var secrets = ExportedSecrets()
        secrets.keyPairs = [pair]
        secrets.vault = [("p;", "l'\n", "open\0sesame")]
        var file = ExportFile(user: user)
        file[.secrets] = try secrets.seal(of: user, under: Passphrase(passphrase))
        return file
    }

    @Test func `come out under their passphrase, for their user, unchanged only`() throws {
        let sealed = try file("correct horse battery")
        let text = String(decoding: sealed.encoded, as: UTF8.self)
        for secret in [
            "sesame", Base58.encode(pair.seed.bytes + pair.publicKey.bytes), Base64.encode(pair.seed.bytes),
        ] {
            #expect(!text.contains(secret))
        }
        let opened = try ExportedSecrets(
            of: ExportFile(sealed.encoded), under: Passphrase("correct horse battery"))
        #expect(opened.keyPairs.map(\.seed.bytes) == [pair.seed.bytes])
        #expect(opened.vault.map(\.secret) == ["open\0sesame"] && opened.vault.map(\.label) == ["l'\n"])

        let wrong = #expect(throws: TransferError.self) {
            try ExportedSecrets(of: sealed, under: Passphrase("correct horse batterz"))
        }
        #expect(wrong?.description == "secrets: the passphrase is another one")
        let elsewhere = ExportFile(user: UserID(.random()), tables: sealed.tables)
        let moved = #expect(throws: TransferError.self) {
            try ExportedSecrets(of: elsewhere, under: Passphrase("correct horse battery"))
        }
        #expect(moved?.description == "secrets: the box was changed, or is of another export")
    }

    @Test(
        arguments: [
            ["scrypt", "1073741824", "8", "1"], ["scrypt", "3", "8", "1"],
            ["scrypt", "131072", "1048576", "1"],
            ["scrypt", "131072", "8", "9999"], ["pbkdf2", "131072", "8", "1"], ["scrypt", "-1", "8", "1"],
            ["scrypt", nil, "8", "1"],
        ] as [[String?]])
    func `are not opened on terms that would cost too much or too little`(terms: [String?]) throws {
        var table = CSVTable(columns: ["kdf", "cost", "block_size", "parallelism", "salt", "box"])
        table.append(terms + ["AAAAAAAAAAAAAAAAAAAAAA==", "AAAA"])
        let file = ExportFile(user: user, tables: ["secrets": table])
        let error = #expect(throws: TransferError.self) {
            try ExportedSecrets(of: file, under: Passphrase("correct horse battery"))
        }
        #expect(error?.description == "secrets: expected one box, sealed under a passphrase by flowd")
    }
}
