import Primitives
import Testing

@testable import Identity

@Suite struct `API keys` {
    @Test(arguments: [
        (
            0, "b3-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
            "ebgE1K3_WZwxvdnhonBZDvQ-blZocOqTpiErI-i_Rls=",
            "*****wdHh8"
        ),
        (
            0x64, "b3-ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1-f4CBgoM",
            "QMV6Q8WBVNRdZnr9IZ9AqkeC_fJu1WDE3KDWh4TNDiU=", "*****CBgoM"
        ),
    ])
    func `text, hash and trimmed form are those of the published vectors`(
        first: UInt8, text: String, hash: String, trimmed: String
    ) throws {
        let key = APIKey(randomBytes: Array(first..<first + 32))
        #expect(key.text == text)
        #expect(key.hash.text == hash)
        #expect(key.trimmed == trimmed)
        #expect(try #require(APIKey(text)).hash == key.hash)
        #expect(APIKeyHash(hash) == key.hash)
    }

    @Test func `a new key reads back and no two are the same`() throws {
        let key = APIKey()
        #expect(key.text.utf8.count == 46)
        #expect(try #require(APIKey(key.text)).hash == key.hash)
        #expect(APIKey().text != key.text)
    }

    @Test(arguments: [
        "", "b3-", "b3-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh",
        "b3-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "B3-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "b3-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9",
        "b3-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdH+8", " b3-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh",
    ])
    func `what cannot be a key is none`(text: String) {
        #expect(APIKey(text) == nil)
    }

    @Test(arguments: [
        "", "ebgE1K3_WZwxvdnhonBZDvQ-blZocOqTpiErI-i_Rls", "ebgE1K3/WZwxvdnhonBZDvQ-blZocOqTpiErI-i_Rls=",
    ])
    func `what cannot be a hash is none`(text: String) {
        #expect(APIKeyHash(text) == nil)
    }

    @Test func `a key does not print itself`() {
        let key = APIKey(randomBytes: Array(0..<32))
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped] { #expect(!text.contains("AAECAwQF")) }
    }
}
