// Upper, lower and title case by the rules of Unicode (The Unicode Standard, section 3.13). Pure.

/// How the letters of a text are to be written, in no particular language.
enum LetterCase: String, CaseIterable {
    case upper
    case lower
    /// The first letter of each word large, all others small. An apostrophe does not end a word.
    case title

    static let names = allCases.map(\.rawValue)

    /// The text with its letters in this case.
    func text(of text: String) -> String {
        switch self {
        case .upper: text.uppercased()
        case .lower: LetterCase.lower(text, capitalizesWords: false)
        case .title: LetterCase.lower(text, capitalizesWords: true)
        }
    }

    private static func lower(_ text: String, capitalizesWords: Bool) -> String {
        let scalars = text.unicodeScalars
        guard capitalizesWords || scalars.contains("Σ") else { return text.lowercased() }
        var output = ""
        // Whether a letter stands before, with nothing behind it that words may hold besides letters.
        var followsCased = false
        var isInWord = false
        for index in scalars.indices {
            let scalar = scalars[index]
            let properties = scalar.properties
            let isWordPart = properties.isAlphabetic || properties.numericType != nil
            if capitalizesWords, !isInWord, isWordPart {
                output += properties.titlecaseMapping
            } else if scalar == "Σ", followsCased, !precedesCased(scalars[scalars.index(after: index)...]) {
                output += "ς"
            } else {
                output += properties.lowercaseMapping
            }
            if !properties.isCaseIgnorable { followsCased = properties.isCased }
            isInWord = isWordPart || isInWord && properties.isCaseIgnorable
        }
        return output
    }

    /// The second half of the condition `Final_Sigma` of SpecialCasing. It looks as far as the next letter only.
    private static func precedesCased(_ rest: Substring.UnicodeScalarView) -> Bool {
        rest.first { !$0.properties.isCaseIgnorable }?.properties.isCased ?? false
    }
}
