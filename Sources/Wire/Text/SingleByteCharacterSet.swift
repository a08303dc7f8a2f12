// The tables of the character sets that have one byte a letter (Encoding standard, section 9 and its indexes).

/// A set in which the bytes below 80 are ASCII and each other byte stands for one letter or for none.
public struct SingleByteCharacterSet: Hashable, Sendable {
    /// The standard's name, in lower case.
    public let name: String

    /// Nil for names that are not in the table.
    init?(name: String) {
        guard SingleByteCharacterSet.tables[name] != nil else { return nil }
        self.name = name
    }

    /// The text of bytes; bytes that stand for nothing become U+FFFD.
    func text(of bytes: [UInt8]) -> String {
        let table = SingleByteCharacterSet.letters[name] ?? []
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + bytes.count / 2)
        for byte in bytes {
            if byte < 0x80 {
                output.append(byte)
            } else {
                output.append(contentsOf: table[Int(byte) - 0x80])
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The 128 letters from byte 80 on, each in UTF-8.
    private static let letters: [String: [[UInt8]]] = tables.mapValues { parts in
        parts.flatMap(\.scalars).map { Array(String(Character($0)).utf8) }
    }

    /// Letters of a table one behind the other.
    enum Part: ExpressibleByStringLiteral {
        case letters(String)
        /// Letters whose numbers follow each other.
        case run(ClosedRange<UInt32>)
        /// So many bytes that stand for nothing.
        case none(Int)

        init(stringLiteral text: String) { self = .letters(text) }

        var scalars: [Unicode.Scalar] {
            switch self {
            case .letters(let text): Array(text.unicodeScalars)
            case .run(let numbers): numbers.compactMap { Unicode.Scalar($0) }
            case .none(let count): [Unicode.Scalar](repeating: "\u{FFFD}", count: count)
            }
        }
    }

    /// Each has 128 letters. Letters that run from right to left or have no width stand as numbers.
    static let tables: [String: [Part]] = [
        "ibm866": [
            .run(0x410...0x43F), "░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀", .run(0x440...0x44F),
            "ЁёЄєЇїЎў°∙·√№¤■\u{A0}",
        ],
        "iso-8859-2": [
            .run(0x80...0xA0),
            "Ą˘Ł¤ĽŚ§¨ŠŞŤŹ\u{AD}ŽŻ°ą˛ł´ľśˇ¸šşťź˝žżŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîď",
            "đńňóôőö÷řůúűüýţ˙",
        ],
        "iso-8859-3": [
            .run(0x80...0xA0), "Ħ˘£¤\u{FFFD}Ĥ§¨İŞĞĴ\u{AD}\u{FFFD}Ż°ħ²³´µĥ·¸ışğĵ½\u{FFFD}żÀÁÂ\u{FFFD}ÄĊĈ",
            .run(0xC7...0xCF), "\u{FFFD}ÑÒÓÔĠÖ×ĜÙÚÛÜŬŜßàáâ\u{FFFD}äċĉ", .run(0xE7...0xEF),
            "\u{FFFD}ñòóôġö÷ĝùúûüŭŝ˙",
        ],
        "iso-8859-4": [
            .run(0x80...0xA0), "ĄĸŖ¤ĨĻ§¨ŠĒĢŦ\u{AD}Ž¯°ą˛ŗ´ĩļˇ¸šēģŧŊžŋĀ", .run(0xC1...0xC6),
            "ĮČÉĘËĖÍÎĪĐŅŌĶÔÕÖ×ØŲÚÛÜŨŪßā", .run(0xE1...0xE6), "įčéęëėíîīđņōķôõö÷øųúûüũū˙",
        ],
        "iso-8859-5": [
            .run(0x80...0xA0), .run(0x401...0x40C), "\u{AD}", .run(0x40E...0x44F), "№",
            .run(0x451...0x45C), "§ўџ",
        ],
        "iso-8859-6": [
            .run(0x80...0xA0), "\u{FFFD}\u{FFFD}\u{FFFD}¤", .none(7), "،\u{AD}", .none(13),
            "\u{61B}\u{FFFD}\u{FFFD}\u{FFFD}\u{61F}\u{FFFD}", .run(0x621...0x63A), .none(5),
            .run(0x640...0x652), .none(13),
        ],
        "iso-8859-7": [
            .run(0x80...0xA0), "‘’£€₯¦§¨©ͺ«¬\u{AD}\u{FFFD}―°±²³΄΅Ά·ΈΉΊ»Ό½", .run(0x38E...0x3A1),
            "\u{FFFD}", .run(0x3A3...0x3CE), "\u{FFFD}",
        ],
        "iso-8859-8": [
            .run(0x80...0xA0), "\u{FFFD}", .run(0xA2...0xA9), "×", .run(0xAB...0xB9), "÷»¼½¾", .none(32),
            "‗", .run(0x5D0...0x5EA), "\u{FFFD}\u{FFFD}\u{200E}\u{200F}\u{FFFD}",
        ],
        "iso-8859-10": [
            .run(0x80...0xA0), "ĄĒĢĪĨĶ§ĻĐŠŦŽ\u{AD}ŪŊ°ąēģīĩķ·ļđšŧž―ūŋĀ", .run(0xC1...0xC6),
            "ĮČÉĘËĖÍÎÏÐŅŌÓÔÕÖŨØŲ", .run(0xDA...0xDF), "ā", .run(0xE1...0xE6),
            "įčéęëėíîïðņōóôõöũøųúûüýþĸ",
        ],
        "iso-8859-13": [
            .run(0x80...0xA0),
            "”¢£¤„¦§Ø©Ŗ«¬\u{AD}®Æ°±²³“µ¶·ø¹ŗ»¼½¾æĄĮĀĆÄÅĘĒČÉŹĖĢĶĪĻŠŃŅÓŌÕÖ×ŲŁŚŪÜŻŽßąįāćäåęēčéźėģķīļ",
            "šńņóōõö÷ųłśūüżž’",
        ],
        "iso-8859-14": [
            .run(0x80...0xA0), "Ḃḃ£ĊċḊ§Ẁ©ẂḋỲ\u{AD}®ŸḞḟĠġṀṁ¶ṖẁṗẃṠỳẄẅṡ", .run(0xC0...0xCF), "Ŵ",
            .run(0xD1...0xD6), "Ṫ", .run(0xD8...0xDD), "Ŷ", .run(0xDF...0xEF), "ŵ", .run(0xF1...0xF6),
            "ṫ", .run(0xF8...0xFD), "ŷÿ",
        ],
        "iso-8859-15": [
            .run(0x80...0xA3), "€¥Š§š", .run(0xA9...0xB3), "Žµ¶·ž¹º»ŒœŸ", .run(0xBF...0xFF),
        ],
        "iso-8859-16": [
            .run(0x80...0xA0), "ĄąŁ€„Š§š©Ș«Ź\u{AD}źŻ°±ČłŽ”¶·žčș»ŒœŸżÀÁÂĂÄĆ", .run(0xC6...0xCF),
            "ĐŃÒÓÔŐÖŚŰÙÚÛÜĘȚßàáâăäć", .run(0xE6...0xEF), "đńòóôőöśűùúûüęțÿ",
        ],
        "koi8-r": [
            "─│┌┐└┘├┤┬┴┼▀▄█▌▐░▒▓⌠■∙√≈≤≥\u{A0}⌡°²·÷═║╒ё", .run(0x2553...0x2561), "Ё",
            .run(0x2562...0x256C), "©юабцдефгх", .run(0x438...0x43F), "ярстужвьызшэщчъЮАБЦДЕФГХ",
            .run(0x418...0x41F), "ЯРСТУЖВЬЫЗШЭЩЧЪ",
        ],
        "koi8-u": [
            "─│┌┐└┘├┤┬┴┼▀▄█▌▐░▒▓⌠■∙√≈≤≥\u{A0}⌡°²·÷═║╒ёє╔ії╗╘╙╚╛ґў╞╟╠╡ЁЄ╣ІЇ╦╧╨╩╪ҐЎ©юабцдефгх",
            .run(0x438...0x43F), "ярстужвьызшэщчъЮАБЦДЕФГХ", .run(0x418...0x41F), "ЯРСТУЖВЬЫЗШЭЩЧЪ",
        ],
        "macintosh": [
            "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u{A0}ÀÃÕŒ",
            "œ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{F8FF}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ",
        ],
        "windows-874": [
            "€\u{81}\u{82}\u{83}\u{84}…", .run(0x86...0x90), "‘’“”•–—", .run(0x98...0xA0),
            .run(0xE01...0xE3A), .none(4), .run(0xE3F...0xE5B), .none(4),
        ],
        "windows-1250": [
            "€\u{81}‚\u{83}„…†‡\u{88}‰Š‹ŚŤŽŹ\u{90}‘’“”•–—\u{98}™š›śťžź\u{A0}ˇ˘Ł¤Ą¦§¨©Ş«¬\u{AD}®Ż°",
            "±˛ł´µ¶·¸ąş»Ľ˝ľżŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙",
        ],
        "windows-1251": [
            "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{98}™љ›њќћџ\u{A0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{AD}®Ї°±Ііґµ¶·ё№є»јЅѕї",
            .run(0x410...0x44F),
        ],
        "windows-1252": [
            "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ", .run(0xA0...0xFF),
        ],
        "windows-1253": [
            "€\u{81}‚ƒ„…†‡\u{88}‰\u{8A}‹\u{8C}\u{8D}\u{8E}\u{8F}\u{90}‘’“”•–—\u{98}™\u{9A}›\u{9C}",
            "\u{9D}\u{9E}\u{9F}\u{A0}΅Ά", .run(0xA3...0xA9), "\u{FFFD}«¬\u{AD}®―°±²³΄µ¶·ΈΉΊ»Ό½",
            .run(0x38E...0x3A1), "\u{FFFD}", .run(0x3A3...0x3CE), "\u{FFFD}",
        ],
        "windows-1254": [
            "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}\u{8E}\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}\u{9E}Ÿ", .run(0xA0...0xCF),
            "Ğ", .run(0xD1...0xDC), "İŞ", .run(0xDF...0xEF), "ğ", .run(0xF1...0xFC), "ışÿ",
        ],
        "windows-1255": [
            "€\u{81}‚ƒ„…†‡ˆ‰\u{8A}‹\u{8C}\u{8D}\u{8E}\u{8F}\u{90}‘’“”•–—˜™\u{9A}›", .run(0x9C...0xA3),
            "₪¥¦§¨©×", .run(0xAB...0xB9), "÷»¼½¾¿", .run(0x5B0...0x5C3),
            "\u{5F0}\u{5F1}\u{5F2}\u{5F3}\u{5F4}", .none(7), .run(0x5D0...0x5EA),
            "\u{FFFD}\u{FFFD}\u{200E}\u{200F}\u{FFFD}",
        ],
        "windows-1256": [
            "€\u{67E}‚ƒ„…†‡ˆ‰\u{679}‹Œ\u{686}\u{698}\u{688}\u{6AF}‘’“”•–—\u{6A9}™\u{691}›œ",
            "\u{200C}\u{200D}\u{6BA}\u{A0}،", .run(0xA2...0xA9), "\u{6BE}", .run(0xAB...0xB9),
            "\u{61B}»¼½¾\u{61F}\u{6C1}", .run(0x621...0x636),
            "×\u{637}\u{638}\u{639}\u{63A}\u{640}\u{641}\u{642}\u{643}à\u{644}â\u{645}\u{646}",
            "\u{647}\u{648}çèéêë\u{649}\u{64A}îï\u{64B}\u{64C}\u{64D}\u{64E}ô\u{64F}\u{650}÷",
            "\u{651}ù\u{652}ûü\u{200E}\u{200F}\u{6D2}",
        ],
        "windows-1257": [
            "€\u{81}‚\u{83}„…†‡\u{88}‰\u{8A}‹\u{8C}¨ˇ¸\u{90}‘’“”•–—\u{98}™\u{9A}›\u{9C}¯˛\u{9F}",
            "\u{A0}\u{FFFD}¢£¤\u{FFFD}¦§Ø©Ŗ«¬\u{AD}®Æ", .run(0xB0...0xB7),
            "ø¹ŗ»¼½¾æĄĮĀĆÄÅĘĒČÉŹĖĢĶĪĻŠŃŅÓŌÕÖ×ŲŁŚŪÜŻŽßąįāćäåęēčéźėģķīļšńņóōõö÷ųłśūüżž˙",
        ],
        "windows-1258": [
            "€\u{81}‚ƒ„…†‡ˆ‰\u{8A}‹Œ\u{8D}\u{8E}\u{8F}\u{90}‘’“”•–—˜™\u{9A}›œ\u{9D}\u{9E}Ÿ",
            .run(0xA0...0xC2), "Ă", .run(0xC4...0xCB), "\u{300}ÍÎÏĐÑ\u{309}ÓÔƠ", .run(0xD6...0xDC),
            "Ư\u{303}ßàáâă", .run(0xE4...0xEB), "\u{301}íîïđñ\u{323}óôơ", .run(0xF6...0xFC), "ư₫ÿ",
        ],
        "x-mac-cyrillic": [
            .run(0x410...0x42F), "†°Ґ£§•¶І®©™Ђђ≠Ѓѓ∞±≤≥іµґЈЄєЇїЉљЊњјЅ¬√ƒ≈∆«»…\u{A0}ЋћЌќѕ–—“”‘’÷„ЎўЏџ№Ёёя",
            .run(0x430...0x44E), "€",
        ],
        "x-user-defined": [
            .run(0xF780...0xF7FF)
        ],
    ]
}
