import Primitives
import Testing

@testable import Wire

/// The WHATWG Encoding standard. The expectations come from its indexes.
@Suite struct `A character set` {
    private func text(_ bytes: [UInt8], _ label: String?) throws -> String {
        try CharacterSet.text(of: bytes, label: label)
    }

    @Test(
        arguments: [
            ("windows-1252", [0x80, 0x81, 0x93, 0xFC, 0x9D], "€\u{81}“ü\u{9D}"),
            ("iso-8859-1", [0x80, 0xFC], "€ü"), ("us-ascii", [0x66, 0xFC], "fü"),
            ("iso-8859-2", [0xA3, 0xF3, 0x64, 0xBC], "Łódź"), ("iso-8859-15", [0xA4, 0xBD], "€œ"),
            ("iso-8859-9", [0xD0, 0xFD, 0x80], "Ğı€"), ("koi8-u", [0xBD, 0xC1, 0xCE, 0xAE, 0xCB], "Ґанўк"),
            ("windows-1251", [0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2, 0x98], "Привет\u{98}"),
            ("windows-1253", [0xC5, 0xEB, 0xEB, 0xDC, 0xE4, 0xE1, 0xAA], "Ελλάδα\u{FFFD}"),
            ("windows-1255", [0xF9, 0xEC, 0xE5, 0xED, 0xCA], "שלום\u{5BA}"),
            ("iso-8859-8-i", [0xF9, 0xEC, 0xA1], "של\u{FFFD}"),
            ("windows-1256", [0xD3, 0xE1, 0xC7, 0xE3], "سلام"),
            ("tis-620", [0xCA, 0xC7, 0x81, 0xDB], "สว\u{81}\u{FFFD}"),
            ("macintosh", [0xDB, 0xF0], "€\u{F8FF}"), ("x-mac-cyrillic", [0xFF, 0xA2], "€Ґ"),
            ("x-user-defined", [0x41, 0x80, 0xFF], "A\u{F780}\u{F7FF}"),
            ("utf-8", [0xC3, 0xBC, 0xFF], "ü\u{FFFD}"),
            ("utf-16", [0x61, 0x00, 0x3D, 0xD8, 0x00, 0xDE], "a😀"),
            ("utf-16be", [0x00, 0x61, 0xD8, 0x3D, 0xDE, 0x00], "a😀"),
            ("utf-16le", [0x00, 0xD8, 0x61, 0x00, 0x62], "\u{FFFD}a\u{FFFD}"),
            (
                "Shift_JIS",
                [
                    0x93, 0xFA, 0x96, 0x7B, 0x8C, 0xEA, 0xC3, 0xBD, 0xC4, 0x81, 0x60, 0x87, 0x40, 0xEE, 0xE0,
                    0x5C,
                    0x80,
                ], "日本語ﾃｽﾄ～①髙\\\u{80}"
            ),
            (
                "EUC-JP",
                [
                    0xC6, 0xFC, 0xCB, 0xDC, 0xFC, 0xE2, 0xFA, 0xD5, 0xA1, 0xC1, 0x8E, 0xC3, 0x8F, 0xB0, 0xA1,
                    0x61,
                ], "日本髙橆～ﾃ丂a"
            ),
            ("gb2312", [0xBA, 0xBA, 0xD7, 0xD6, 0xA3, 0xBA, 0xA2, 0xE3, 0x80], "汉字：€€"),
            ("gb18030", [0x81, 0x39, 0xEE, 0x39, 0x94, 0x39, 0xFC, 0x36], "㐀😀"),
            ("ks_c_5601-1987", [0xC7, 0xD1, 0xB1, 0xB9, 0xBE, 0xEE, 0x20, 0x8C, 0x63], "한국어 똠"),
            ("big5", [0xBA, 0x7E, 0xA6, 0x72, 0xA1, 0x75, 0xA1, 0xE3, 0xA1, 0x76, 0xA2, 0x44], "漢字「～」￥"),
            ("big5-hkscs", [0x88, 0x62, 0x41, 0xA7, 0x41, 0x87, 0x40], "Ê\u{304}A你䏰"),
        ] as [(String, [UInt8], String)])
    func `reads its letters`(label: String, bytes: [UInt8], expected: String) throws {
        #expect(Array(try text(bytes, label).unicodeScalars) == Array(expected.unicodeScalars))
    }

    @Test(
        arguments: [
            ("shift_jis", [0x93, 0xFA, 0xFD, 0x41, 0x93], "日\u{FFFD}A\u{FFFD}"),
            ("shift_jis", [0x81, 0x41, 0x81, 0x20], "、\u{FFFD} "),
            ("gbk", [0xBA, 0xBA, 0xFF, 0x41, 0x81], "汉\u{FFFD}A\u{FFFD}"),
            ("euc-kr", [0xC7, 0xD1, 0xFF, 0x41, 0xC9, 0x41, 0xC9], "한\u{FFFD}A\u{FFFD}A\u{FFFD}"),
            ("big5", [0xA1], "\u{FFFD}"), ("euc-jp", [0x8F, 0xB0], "\u{FFFD}"), ("gb18030", [], ""),
        ] as [(String, [UInt8], String)])
    func `puts a mark where no letter is, and goes on`(label: String, bytes: [UInt8], expected: String) throws
    {
        #expect(try text(bytes, label) == expected)
    }

    /// The digests of all letters from byte 80 on, as the standard's indexes have them.
    @Test(arguments: [
        ("ibm866", "b111ee481a43a5da6b55cc2124d9a7a58a8e36b5"),
        ("iso-8859-10", "e35d2fbfd6bb637fb5b05fb668c40c8fd3e25cc3"),
        ("iso-8859-13", "b2ee16924f65667ef4b3a4bae97ba9b6181e3653"),
        ("iso-8859-14", "5154781cf913f5b451794afab20111de7a868313"),
        ("iso-8859-15", "5817f9e13fe4c9f262d3f9675a4e97ecce490b85"),
        ("iso-8859-16", "d046fafcc001987cf789fdc01c1003169fd0585d"),
        ("iso-8859-2", "cd26f1a7dad5b0c95f7bd87b77fc46e250d04946"),
        ("iso-8859-3", "2668603a0eab1a29aaae92859dd492fa52b77f80"),
        ("iso-8859-4", "107aa16586e3bed5005e750e9847c622e9767315"),
        ("iso-8859-5", "f46bf1153b7c1a61db772676060e2fef449a4891"),
        ("iso-8859-6", "4058167fd23c0b3b026ec0e1adec164dfa2e34bb"),
        ("iso-8859-7", "fdec8f44511d1a36a0128adc2b656258e1e115f6"),
        ("iso-8859-8", "347c03295dfc618356e6556869fd0fe055b303a9"),
        ("koi8-r", "c9cb044a6c667f1f015f818ae56f11d2bb68602e"),
        ("koi8-u", "8d041400c092581d4eaa09bc8ed1dfd43dba4ca0"),
        ("macintosh", "20d01d38cd320a6df365e99e92e452f74074dd3f"),
        ("windows-1250", "ab326df2493e51ef8010846d7863e00e2c9f6fef"),
        ("windows-1251", "6e43aebb543f62b7974e3852966a0c403c3e458f"),
        ("windows-1252", "1935fb1cdc9e076d1ecda3d9db39b0ef2cce3c1d"),
        ("windows-1253", "32b664dcb65dd0d08006d08ebb1bcf3f320b907d"),
        ("windows-1254", "2120698b22e95862fa76e940dee5f9d3c5d809e6"),
        ("windows-1255", "0070df69fb41656a3cc974fa54861257a4410e99"),
        ("windows-1256", "e27efdbadeeac05d0550ee410a91373cb82f4f17"),
        ("windows-1257", "403a0b87bb918af85b61a767f66ef3b4fd9505d6"),
        ("windows-1258", "5100eb4be3e089d8e37d748284175357162f436b"),
        ("windows-874", "68a2b5f8d5e321ebf741c4d922c53df022450bb7"),
        ("x-mac-cyrillic", "6256727f94c7bd63e0566fd10a6dff1b410cccd4"),
        ("x-user-defined", "a0169255598b1069400b868aa97f7ebb7915d46b"),
    ])
    func `of single bytes has all letters of the standard`(name: String, digest: String) throws {
        let letters = try text(Array(0x80...0xFF), name)
        #expect(letters.unicodeScalars.count == 128)
        #expect(Hexadecimal.encode(SHA1.hash(Array(letters.utf8))) == digest)
        #expect(try text(Array(0..<0x80), name).utf8.elementsEqual(0..<0x80))
    }

    @Test func `is named by the labels of the standard, in any case`() {
        #expect(CharacterSetLabels.sets.count == 220)
        #expect(SingleByteCharacterSet.tables.count == 28)
        for label in ["LATIN1", " \tWindows-1252\r\n", "iso_8859-1:1987", "l1"] {
            #expect(CharacterSet(label: label) == CharacterSet(label: "windows-1252"), "\(label)")
        }
        for label in ["", "latin 1", "klingon", "iso-2022-jp", "utf-7", "utf-32", "replacement", "ｕｔｆ-8"] {
            #expect(CharacterSet(label: label) == nil, "\(label)")
        }
    }

    @Test(
        arguments: [
            ([0xEF, 0xBB, 0xBF, 0x61], "utf-16", "a"), ([0xFF, 0xFE, 0x61, 0x00], "iso-8859-1", "a"),
            ([0xFE, 0xFF, 0x00, 0x61], nil, "a"), ([0xFE, 0xFF], "klingon", ""),
            ([0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF], nil, "\u{FEFF}"), ([0xEF, 0xBB], nil, "\u{FFFD}"),
            ([0x61, 0xFF], nil, "a\u{FFFD}"),
        ] as [([UInt8], String?, String)])
    func `is the one of a byte order mark, whatever the label says`(
        bytes: [UInt8], label: String?, expected: String
    ) throws {
        #expect(try text(bytes, label) == expected)
    }

    @Test func `that is not known is named`() {
        let error = #expect(throws: CharacterSet.Failure.self) { try text([0x61], "klin\ngon") }
        #expect(error?.description == #"character set "klin\ngon" is not known here"#)
    }

    @Test(arguments: ["shift_jis", "euc-jp", "gb18030", "big5", "euc-kr", "utf-16", "windows-1252"])
    func `takes any bytes`(label: String) throws {
        var state: UInt32 = 12_345
        for count in 0..<400 {
            let bytes = (0..<count).map { _ in
                state = state &* 1_664_525 &+ 1_013_904_223
                return UInt8(truncatingIfNeeded: state >> 24)
            }
            #expect(try text(bytes, label).utf8.count <= 3 * count + 3)
        }
    }
}
