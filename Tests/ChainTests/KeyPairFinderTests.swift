import Chain
import Engine
import Primitives
import TestKit
import Testing
import Values

@Suite struct `Key pairs` {
    /// With letters in Base64 that the two alphabets write differently.
    private static let pair = known(Bytes64((0..<64).map { UInt8(255 - 3 * $0) }))
    private static let finder = KeyPairFinder { $0 == pair }
    private static let shown = Value.map([
        "public_key": .b32(known(Bytes32(Array(pair.bytes.suffix(32)))))
    ])
    private static let note = "<key pair of \(Base58.encode(Array(pair.bytes.suffix(32))))>"

    private static let numbers = pair.bytes.map { "\($0)" }
    /// What people and tools write.
    private static let texts: [String] = {
        let plain = [
            "[\(numbers.joined(separator: ","))]", "[ \(numbers.joined(separator: ", ")) ]",
            "[\n\(numbers.map { "    \($0)" }.joined(separator: ",\r\n"))\n]", Base58.encode(pair.bytes),
            Hexadecimal.encode(pair.bytes), Hexadecimal.encode(pair.bytes).uppercased(),
            "0x" + Hexadecimal.encode(pair.bytes), Base64.encode(pair.bytes),
            Base64.encode(pair.bytes, padded: false), Base64.encode(pair.bytes, alphabet: .url),
            Base64.encode(pair.bytes, alphabet: .url, padded: false),
        ]
        return plain + plain.map { $0 + "\n" } + plain.map { "\t \($0)\r\n" }
    }()

    private static let values: [Value] =
        texts.map { .string($0) } + texts.map { .bytes(Array($0.utf8)) } + [
            .b64(pair), .bytes(pair.bytes), .array(pair.bytes.map { .u64(UInt64($0)) }),
            .array(pair.bytes.map { .i64(Int64($0)) }), .array(pair.bytes.map { .f64(Double($0)) }),
            .map(ValueMap(numbers.enumerated().map { ("\($0.offset)", .u64(UInt64($0.element) ?? 0)) })),
        ]

    private func finds(_ value: Value) -> Bool { Self.finder.findsKeyPair(in: value) }

    @Test func `are found in every form, and shown as the wallet that they are`() {
        for value in Self.values {
            let marked = Self.finder.marking(["a": value, "b": .array([.map(["c": value])])])
            #expect(marked["a"]?.concealed == Self.shown, "\(value)")
            #expect(marked["b"]?.concealed == .array([.map(["c": Self.shown])]), "\(value)")
            #expect(marked["a"]?.revealed == .b64(Self.pair))
        }
    }

    @Test func `are found as names of entries, and the map still holds what it held`() {
        for text in Self.texts {
            let map = Value.map([text: .u64(1), "a": .b64(Self.pair), "b": .null])
            let marked = Self.finder.marking(["given": .array([map])])
            let shown = Value.map([Self.note: .u64(1), "a": Self.shown, "b": .null])
            #expect(marked["given"]?.concealed == .array([shown]))
            #expect(marked["given"]?.revealed == .array([map]))
            #expect(Self.finder.marking([text: .u64(1)])[Self.note] == .u64(1))
        }
    }

    @Test func `are replaced in an environment, also as names`() throws {
        for text in Self.texts {
            let environment = ["KEY": text, text: "a", "OTHER": "b"]
            let concealed = ["KEY": Self.note, Self.note: "a", "OTHER": "b"]
            #expect(Self.finder.concealing(environment) == concealed)
            #expect(try Self.finder.concealing(fromOutside: environment) == concealed)
        }
        let plain = ["A": "b", "HASH": String(repeating: "ab", count: 64)]
        #expect(Self.finder.concealing(plain) == plain)
    }

    @Test func `are sought in an environment up to a bound`() {
        let texts = (0...Limits.keyPairsSoughtMax).map { ("\($0)", String(repeating: "ab", count: 64)) }
        #expect(throws: TooManyCandidates.self) {
            try Self.finder.concealing(fromOutside: Dictionary(uniqueKeysWithValues: texts))
        }
    }

    @Test func `are nothing that only looks like them`() {
        let other = Self.pair.bytes.map { $0 ^ 1 }
        let strangers: [Value] = [
            .string(Base58.encode(other)), .string(Hexadecimal.encode(other)), .string(Base64.encode(other)),
            .bytes(other), .array(other.map { .u64(UInt64($0)) }), .b64(known(Bytes64(other))),
            .string("[\(Self.numbers.dropLast().joined(separator: ","))]"),
            .string("[\(Self.numbers.joined(separator: ";"))]"),
            .string("[\(Self.numbers.joined(separator: ","))"),
            .string("[\(Self.numbers.dropLast().joined(separator: ",")),256]"),
            .string("[\(Self.numbers.dropLast().joined(separator: ",")),]"),
            .string("x" + Hexadecimal.encode(Self.pair.bytes)),
            .string("1x" + Hexadecimal.encode(Self.pair.bytes)),
            .string(String(repeating: " ", count: 200)), .string(""), .bytes([]), .map([:]), .array([]),
            .string(String(repeating: "é", count: 64)),
            .string("[" + String(repeating: ",", count: 63) + "]"),
            .array(Self.pair.bytes.prefix(63).map { .u64(UInt64($0)) }),
        ]
        for value in strangers {
            #expect(!finds(value), "\(value)")
            #expect(Self.finder.marking(["a": value])["a"] == value)
        }
    }

    /// Prose of that length is no effort; what is tried is.
    @Test func `are sought on the spot only where that is quick`() {
        let prose = String(repeating: "many words ", count: 20)
        #expect(Self.finder.isQuick(ValueMap((0..<500).map { ("\($0)", .string(prose)) })))
        let hashes = (0..<5).map { ("\($0)", Value.string(String(repeating: "ab", count: 64))) }
        #expect(!Self.finder.isQuick(ValueMap(hashes)))
        #expect(!Self.finder.isQuick(ValueMap(hashes.map { (String(repeating: $0.0, count: 64), .null) })))
    }
}
