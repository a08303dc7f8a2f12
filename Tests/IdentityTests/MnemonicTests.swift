import Identity
import Primitives
import Testing

@testable import Identity

@Suite struct `Phrases that stand for keys` {
    /// SHA-256 of the word lists as the standard publishes them: a word and a line feed each.
    @Test(arguments: [
        (MnemonicLanguage.english, "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"),
        (.chineseSimplified, "5c5942792bd8340cb8b27cd592f1015edf56a8c5b26276ee18a482428e7c5726"),
        (.chineseTraditional, "417b26b3d8500a4ae3d59717d7011952db6fc2fb84b807f3f94ac734e89c1b5f"),
        (.japanese, "2eed0aef492291e061633d7ad8117f1a2b03eb80a29d0e4e3117ac2528d05ffd"),
        (.spanish, "46846a5a0139d1e3cb77293e521c2865f7bcdb82c44e8d0a06a2cd0ecba48c0b"),
        (.korean, "9e95f86c167de88f450f0aaf89e87f6624a57f973c67b516e338e8e8b8897f60"),
        (.french, "ebc3959ab7801a1df6bac4fa7d970652f1df76b683cd2f4003c941c63d517e59"),
        (.italian, "d392c49fdb700a24cd1fceb237c1f65dcc128f6b34a8aacb58b59384b5c648c2"),
    ])
    func `have the standard's words`(language: MnemonicLanguage, digest: String) {
        #expect(language.words.count == MnemonicLanguage.wordCount)
        let file = language.words.map { $0 + "\n" }.joined()
        #expect(Hexadecimal.encode(Digest.sha256(Array(file.utf8))) == digest)
    }

    /// The beginning of the seeds, with the passphrase `㍍é1`, as another implementation makes them.
    @Test(arguments: [
        (
            "doctor anxiety move mass federal casual cancel citizen ensure give fatal pact agree powder essence melt film river bind regret remind concert just welcome",
            MnemonicLanguage.english, "378787c543ced2302bcda810e2c9dfe06a6c288a1d31bd75c8b4b98cbc028dbe"
        ),
        (
            "谈 二 残 丁 请 争 即 达 范 拿 独 仪", .chineseSimplified,
            "37985bd64728a5a16063f31ca54cfd3a6316aa03dcfc26f50dc8dba61a3fa800"
        ),
        (
            "談 二 殘 丁 請 爭 即 達 范 拿 獨 儀", .chineseTraditional,
            "414ae8bb90f42d42b6098e53446f97d2d79b37d1300aa935cbfc87f8d07add6d"
        ),
        (
            "けいけん\u{3000}いせかい\u{3000}たんとう\u{3000}たおる\u{3000}こもじ\u{3000}おたがい\u{3000}おぎなう\u{3000}かいほう\u{3000}こうおん\u{3000}しかい\u{3000}こぼれる\u{3000}てそう",
            .japanese, "30e3d0c08dbab5eb91b51b09fa556a0774b794f3eaae0b70e42689dae4256332"
        ),
        (
            "dejar altar mito mañana faena buceo borrar canguro embudo gemelo exponer océano", .spanish,
            "c51372dfe5716b02f8b42b0dc8f25bebe9c3a1966da215b59a8f0a4870835633"
        ),
        (
            "무슨 결석 연합 양주 볼펜 꽃잎 기온 농담 방안 상반기 본격적 월급", .korean,
            "dc7355ea2b523dc98dbf54d6b14616dd994c7d73c90e38b59dad0051f53af1e9"
        ),
        (
            "dédale alléger loisir jugement englober brique botte caprice droiture falaise enduire mouche",
            .french, "c56d6f49354cdd740fe82cf251b8b268413a339bbc9fc0e2deb2d9f80a97e8a9"
        ),
        (
            "dottore america onere nemmeno folata calibro brodo cellulare estonia grotta fluente piacere",
            .italian, "7a8923d3b991ac7a986295460056cfd4ecde7ecad95fa4df5a2c075bef33eb25"
        ),
    ])
    func `give the seeds that others give`(text: String, language: MnemonicLanguage, seed: String) throws {
        let phrase = try MnemonicPhrase(text)
        #expect(phrase.language == language)
        #expect(Hexadecimal.encode(try phrase.seed(passphrase: "㍍é1").bytes.prefix(32)) == seed)
        // Another form of Unicode, and other blanks, are the same phrase and passphrase.
        let other = try MnemonicPhrase("\n " + text.replacing(" ", with: "\t \u{A0}") + "  ")
        #expect(Hexadecimal.encode(try other.seed(passphrase: "メートルe\u{301}1").bytes.prefix(32)) == seed)
    }

    /// The vector of BIP-39.
    @Test func `come from entropy`() throws {
        let phrase = MnemonicPhrase(entropy: [UInt8](repeating: 0, count: 16))
        #expect(
            Hexadecimal.encode(try phrase.seed(passphrase: "TREZOR").bytes)
                == "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04"
        )
    }

    @Test func `are drawn anew each time, and can be read`() throws {
        let seeds = Set(try (0..<5).map { _ in try MnemonicPhrase().seed(passphrase: "").bytes })
        #expect(seeds.count == 5)
        #expect("\(MnemonicPhrase())" == "(secret)")
    }

    private static let eleven = String(repeating: "abandon ", count: 11)

    @Test(arguments: [
        ("", "the phrase is empty"), (" \u{3000}\n", "the phrase is empty"),
        (eleven, "a phrase has 12, 15, 18, 21 or 24 words, not 11"),
        (eleven + "abandon", "the checksum of the phrase is wrong: a word is another one, or the order is"),
        (eleven + "hunter2", "word 12 of the phrase is not in the English word list"),
        ("Abandon" + eleven.dropFirst(7) + "about", "word 1 of the phrase is not in the English word list"),
        (
            "dédale alléger loisir jugement englober brique botte caprice droiture falaise enduire zzz",
            "word 12 of the phrase is not in the French word list"
        ),
        (
            String(repeating: "a", count: 4_097),
            "a phrase has at most 4096 bytes, and so has its passphrase"
        ),
    ])
    func `must be whole, and no error shows a word`(text: String, message: String) {
        let error = #expect(throws: MnemonicError.self) { try MnemonicPhrase(text) }
        #expect(error?.description == message)
    }

    // MARK: Paths

    /// The first vector of SLIP-0010 for ed25519.
    @Test(arguments: [
        ("m", "2b4be7f19ee27bbf30c667b642d5f4aa69fd169872f8fc3059c08ebae2eb19e7"),
        ("m/0'", "68e0fe46dfb67e368c75379acec591dad19df3cde26e63b93a8e704f1dade7a3"),
        ("m/0h/1H", "b1d0bad404bf35da785a64ca1ac54b2617211d2777696fbffaf208f746ae84f2"),
        ("m/0'/1'/2'/2'/1000000000'", "8f94d394a8e8fd6b1bc2f3f49f5c47e385281d5c17e65324b0f62483e37e8793"),
    ])
    func `have keys at paths`(path: String, key: String) throws {
        let seed = Secret(Array(UInt8(0)..<16))
        #expect(Hexadecimal.encode(try DerivationPath(path).keyPair(of: seed).seed.bytes) == key)
    }

    @Test(arguments: [
        ("", DerivationPathError.malformed), ("44'", .malformed), ("m/", .malformed), ("m/44", .notHardened),
        ("m/44'/501'/0", .notHardened), ("m/44''", .malformed), ("m/-1'", .malformed), ("m//1'", .malformed),
        ("m/2147483648'", .malformed), ("m/99999999999999999999'", .malformed), ("M/1'", .malformed),
        ("m" + String(repeating: "/0'", count: 256), .tooLong),
    ])
    func `have no keys elsewhere`(path: String, error: DerivationPathError) {
        #expect(throws: error) { try DerivationPath(path) }
    }
}
