// Escapes in URLs. Pure functions.

internal import Primitives

/// `%` and two digits in place of a byte (RFC 3986 section 2.1).
public enum PercentEncoding {
    /// The text as an item of a form: letters, digits and `*-._` stay, blanks become `+`.
    public static func form(_ text: String) -> String {
        encode(text.utf8) { byte in
            isLetterOrDigit(byte) || "*-._".utf8.contains(byte)
        }.replacing("%20", with: "+")
    }

    /// The text as one segment of a path: only the unreserved characters stay.
    public static func segment(_ text: String) -> String {
        encode(text.utf8) { isLetterOrDigit($0) || "-._~".utf8.contains($0) }
    }

    /// The text with all characters escaped that a URL must not hold. Everything else stays, escapes included.
    static func visible(_ text: Substring) -> String {
        encode(text.utf8) { byte in
            byte > 0x20 && byte < 0x7F && !"\"<>\\^`{|}".utf8.contains(byte)
        }
    }

    /// The text without escapes; nil if one is broken or they are not UTF-8.
    static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(Hexadecimal.value(of:)),
                let low = rest.popFirst().flatMap(Hexadecimal.value(of:))
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return UTF8Validator.text(bytes[...])
    }

    private static func encode(_ bytes: some Sequence<UInt8>, keeping keeps: (UInt8) -> Bool) -> String {
        var output: [UInt8] = []
        for byte in bytes {
            if keeps(byte) {
                output.append(byte)
            } else {
                output.append(UInt8(ascii: "%"))
                output.append(contentsOf: Hexadecimal.encode([byte]).uppercased().utf8)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39: true
        default: false
        }
    }
}
