import Primitives
import Testing
import Values

@Suite struct `Secrets among values` {
    private static let hidden = "hunter2"
    private static let pair = Bytes64([UInt8](repeating: 0xAB, count: 32) + [UInt8](repeating: 1, count: 32))

    @Test func `are not shown by anything that prints`() throws {
        let pair = try #require(Self.pair)
        let secrets: [Value] = [
            .vaultSecret(Self.hidden, provider: "p", label: "l"), .keyPairSecret(pair),
        ]
        for secret in secrets {
            let map: ValueMap = ["a": .array([secret]), "b": secret]
            for value: Any in [secret, Value.map(map), map, [secret], (1, secret), Optional(secret) as Any] {
                var dumped = ""
                dump(value, to: &dumped)
                for text in [dumped, "\(value)", String(reflecting: value), String(describing: value)] {
                    #expect(!text.contains(Self.hidden))
                    #expect(!text.contains("171") && !text.lowercased().contains("abab"))
                    #expect(!text.contains(Base58.encode(pair.bytes)))
                }
            }
            guard case .secret(let bare) = secret else {
                Issue.record("a secret that is not kept as one")
                continue
            }
            #expect(!"\(bare)".contains(Self.hidden) && !String(reflecting: bare).contains("171"))
        }
    }
}
