import Identity
import Primitives
import Testing

@Suite struct `A caller` {
    static let key = PublicKey("9C6hybhQ6Aycep9jaUnP6uL9ZYvDjUp1aSkFWPUFJtpj")

    @Test func `is a principal only by what was proven`() throws {
        let key = try #require(Self.key)
        let user = UserID(.random())
        let run = RunID(.random())
        #expect(Caller.user(user, key).principal == .user(user))
        #expect(Caller.run(run).principal == .run(run))
        #expect(Caller.starter(key).principal == nil)
        #expect(Caller.anonymous.principal == nil)
        #expect(Caller.user(user, key).user == user)
        #expect(Caller.starter(key).user == nil)
    }

    @Test func `is known by a key of 32 bytes in Base58`() throws {
        let key = try #require(Self.key)
        #expect(
            Hexadecimal.encode(key.bytes)
                == "79b5562e8fe654f94078b112e8a98ba7901f853ae695bed7e0e3910bad049664")
        #expect(key.text == "9C6hybhQ6Aycep9jaUnP6uL9ZYvDjUp1aSkFWPUFJtpj")
        #expect(PublicKey(bytes: key.bytes) == key)
    }

    @Test(arguments: [
        "", "1", "9C6hybhQ6Aycep9jaUnP6uL9ZYvDjUp1aSkFWPUFJt", "0OIl", String(repeating: "z", count: 5000),
    ])
    func `is not known by anything else`(text: String) {
        #expect(PublicKey(text) == nil)
    }
}
