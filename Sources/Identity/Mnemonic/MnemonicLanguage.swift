// The languages that BIP-39 has words for. Each list stands in a file of its own.

/// A language with its list of words.
public enum MnemonicLanguage: String, CaseIterable, Sendable {
    // In the order in which a phrase is tried (spec nodes 3.3).
    case english = "English"
    case chineseSimplified = "Simplified Chinese"
    case chineseTraditional = "Traditional Chinese"
    case japanese = "Japanese"
    case spanish = "Spanish"
    case korean = "Korean"
    case french = "French"
    case italian = "Italian"

    /// How many words each list has: eleven bits of a phrase.
    public static let wordCount = 2_048

    /// The words in the order of the list, in Unicode's form NFKD.
    public var words: [Substring] {
        text.split { $0 == " " || $0 == "\n" }
    }

    /// The number of a word in form NFKD, from 0; nil if the list does not have it.
    func number(of word: Substring) -> Int? {
        MnemonicLanguage.numbers[self]?[word]
    }

    private static let numbers: [MnemonicLanguage: [Substring: Int]] = Dictionary(
        uniqueKeysWithValues: allCases.map { language in
            let words = language.words.enumerated().map { ($1, $0) }
            return (language, Dictionary(words, uniquingKeysWith: { first, _ in first }))
        })

    private var text: String {
        switch self {
        case .english: MnemonicLanguage.englishWords
        case .chineseSimplified: MnemonicLanguage.chineseSimplifiedWords
        case .chineseTraditional: MnemonicLanguage.chineseTraditionalWords
        case .japanese: MnemonicLanguage.japaneseWords
        case .spanish: MnemonicLanguage.spanishWords
        case .korean: MnemonicLanguage.koreanWords
        case .french: MnemonicLanguage.frenchWords
        case .italian: MnemonicLanguage.italianWords
        }
    }
}
