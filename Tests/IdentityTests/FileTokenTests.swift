import Identity
import Primitives
import Testing

@Suite struct `Tokens of files` {
    private let owner = UserID(UniqueID(high: 1, low: 2))
    private let secret = ServerSecret.random()
    private var token: String {
        FileToken.make(for: "docs/a.txt", of: owner, until: 1_000, secret: secret)
    }

    private func reader(
        _ token: some StringProtocol, key: String = "docs/a.txt", second: Int64 = 999
    ) -> UserID? {
        FileToken.verify(token, for: key, at: Timestamp(seconds: second), secret: secret)
    }

    @Test func `name the owner of one file until their time is over`() {
        #expect(reader(token) == owner)
        #expect(reader(token, second: 1_000) == nil && reader(token, second: 5_000) == nil)
        #expect(reader(token, key: "docs/b.txt") == nil && reader(token, key: "docs") == nil)
        #expect(
            FileToken.verify(token, for: "docs/a.txt", at: Timestamp(seconds: 1), secret: .random()) == nil)
    }

    @Test func `are void once a character is another one, or missing`() {
        let characters = Array(token)
        for index in characters.indices {
            var other = characters
            other[index] = other[index] == "A" ? "B" : "A"
            #expect(reader(String(other)) == nil)
        }
        for text in ["", "ff-", String(characters.dropLast()), token + "A", "fr-" + token.dropFirst(3)] {
            #expect(reader(text) == nil)
        }
    }
}
