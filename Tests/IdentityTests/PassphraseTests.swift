import Identity
import Testing

@Suite struct `Keys of passphrases` {
    @Test func `are the same for the same passphrase and terms, and for nothing else`() throws {
        let terms = try #require(
            PassphraseTerms(
                cost: 1 << 14, blockSize: 8, parallelism: 1, salt: [UInt8](repeating: 1, count: 16)))
        let others = try #require(
            PassphraseTerms(
                cost: 1 << 14, blockSize: 8, parallelism: 1, salt: [UInt8](repeating: 2, count: 16)))
        let box = SealedBox.seal([7], for: [], under: try Passphrase("correct horse").key(terms))
        #expect(try SealedBox.open(box, for: [], under: Passphrase("correct horse").key(terms)) == [7])
        for key in [
            try Passphrase("correct hors\u{E9}").key(terms), try Passphrase("correct horse").key(others),
        ] {
            #expect(throws: SealedBoxError.otherKey) { try SealedBox.open(box, for: [], under: key) }
        }
    }

    @Test func `need twelve characters and at most a kibibyte`() throws {
        #expect(throws: PassphraseError.tooShort) { try Passphrase("eleven chrs") }
        #expect(throws: PassphraseError.tooShort) { try Passphrase("") }
        #expect(throws: PassphraseError.tooShort) { try Passphrase(String(repeating: "👩‍👩‍👧", count: 11)) }
        #expect(throws: PassphraseError.tooLong) { try Passphrase(String(repeating: "x", count: 1025)) }
        #expect("\(try Passphrase("twelve chars"))" == "(secret)")
    }

    @Test func `are made on terms that are worth it`() {
        let new = PassphraseTerms()
        #expect(new.cost == 131_072 && new.salt.count == 16 && new.salt != PassphraseTerms().salt)
    }
}
