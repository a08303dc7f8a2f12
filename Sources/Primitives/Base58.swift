// Base58 with the Bitcoin alphabet, the text form of keys, hashes and signatures. Pure, usable anywhere.

/// Encoding and strict decoding of Base58 without a checksum (spec values.md 2.5).
///
/// The cost grows with the square of the length, so both directions are bounded by `Limits`. Digits are
/// handled five at a time, which makes 32 bytes about seventy multiplications.
public enum Base58 {
    private static let alphabet = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)

    /// The value of every ASCII character, 255 for those that are not in the alphabet.
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 128)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }()

    /// Five digits make one step of the conversion: 58^5 is the greatest power below 2^32.
    private static let digitsPerStep = 5
    private static let stepBase: UInt64 = 656_356_768

    /// Text of `bytes`: one `1` for each leading zero byte, then the digits of the number that the rest is.
    /// - Precondition: at most `Limits.base58BytesMax` bytes.
    public static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        append(bytes, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the text of `bytes` as ASCII.
    /// - Precondition: at most `Limits.base58BytesMax` bytes.
    public static func append(_ bytes: [UInt8], to output: inout [UInt8]) {
        precondition(
            bytes.count <= Limits.base58BytesMax,
            "Base58 is for what is short, because of its cost")
        let zeroCount = bytes.prefix { $0 == 0 }.count
        output.append(contentsOf: repeatElement(alphabet[0], count: zeroCount))

        // Least significant first, each below 58^5. Four bytes go in at a time, the odd ones first.
        var steps: [UInt64] = []
        steps.reserveCapacity(bytes.count * 2 / 7 + 2)
        var index = zeroCount
        while index < bytes.count {
            let end = index + (bytes.count - index - 1) % 4 + 1
            var carry: UInt64 = 0
            for byte in bytes[index..<end] { carry = carry << 8 | UInt64(byte) }
            let shift = UInt64(end - index) * 8
            for position in steps.indices {
                let sum = steps[position] << shift + carry
                steps[position] = sum % stepBase
                carry = sum / stepBase
            }
            while carry > 0 {
                steps.append(carry % stepBase)
                carry /= stepBase
            }
            index = end
        }

        for (position, step) in steps.reversed().enumerated() {
            var divisor = stepBase / 58
            var significant = position > 0
            while divisor > 0 {
                let digit = Int(step / divisor % 58)
                significant = significant || digit > 0
                if significant { output.append(alphabet[digit]) }
                divisor /= 58
            }
        }
    }

    /// Characters of the longest text of so many bytes: a digit holds a little less than three quarters of a byte.
    public static func charactersMax(ofBytes count: Int) -> Int { (count * 1_365_659 + 999_999) / 1_000_000 }

    /// The bytes of a text; nil if it is longer than every text of `bytesMax` bytes or holds any other character. Who
    /// wants a key or a signature of a stranger says so with 64, because of the cost.
    public static func decode(
        _ text: some StringProtocol, bytesMax: Int = Limits.base58BytesMax
    ) -> [UInt8]? {
        decode(utf8: text.utf8, bytesMax: bytesMax)
    }

    /// The bytes of a text in ASCII; nil as for `decode(_:bytesMax:)`.
    public static func decode(
        utf8 text: some Collection<UInt8>, bytesMax: Int = Limits.base58BytesMax
    ) -> [UInt8]? {
        guard text.count <= charactersMax(ofBytes: bytesMax) else { return nil }
        let zeroCount = text.prefix { $0 == alphabet[0] }.count

        // Least significant first, 32 bits each.
        var words: [UInt64] = []
        words.reserveCapacity(text.count / digitsPerStep + 1)
        var value: UInt64 = 0
        var factor: UInt64 = 1
        for (position, character) in text.dropFirst(zeroCount).enumerated() {
            guard character < 128, values[Int(character)] < 58 else { return nil }
            value = value * 58 + UInt64(values[Int(character)])
            factor *= 58
            if position % digitsPerStep == digitsPerStep - 1 {
                multiply(&words, by: factor, adding: value)
                value = 0
                factor = 1
            }
        }
        if factor > 1 { multiply(&words, by: factor, adding: value) }

        var bytes = [UInt8](repeating: 0, count: zeroCount)
        var significant = false
        for word in words.reversed() {
            for shift in stride(from: 24, through: 0, by: -8) {
                let byte = UInt8(truncatingIfNeeded: word >> UInt64(shift))
                significant = significant || byte > 0
                if significant { bytes.append(byte) }
            }
        }
        return bytes
    }

    private static func multiply(_ words: inout [UInt64], by factor: UInt64, adding value: UInt64) {
        var carry = value
        for index in words.indices {
            let sum = words[index] * factor + carry
            words[index] = sum & 0xFFFF_FFFF
            carry = sum >> 32
        }
        if carry > 0 { words.append(carry) }
    }
}
