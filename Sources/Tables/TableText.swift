// A cursor over the text of a query: names, quoted texts, lists. Pure.

internal import Primitives
internal import Wire

/// The text of a query, read from front to back.
///
/// Quoted texts stand between quotation marks; in them a backslash takes the next character as it is. What decides is
/// ASCII throughout, so the text is read by bytes: lists are long.
struct TableText {
    typealias Character = Unicode.Scalar

    private var rest: ArraySlice<UInt8>

    init(_ text: some StringProtocol) { rest = Array(text.utf8)[...] }

    var isAtEnd: Bool { rest.isEmpty }
    /// The next character, if it is one of ASCII; otherwise some other that is not.
    var next: Character? { rest.first.map { Character($0) } }

    /// Takes these characters if they are the next ones.
    mutating func take(_ text: StaticString) -> Bool {
        let wanted = String(describing: text).utf8
        guard rest.starts(with: wanted) else { return false }
        rest = rest.dropFirst(wanted.count)
        return true
    }

    mutating func skipSpaces() { rest = rest.drop { $0 == TableText.space } }

    /// All that is left.
    mutating func remainder() -> String {
        defer { rest = [] }
        return String(decoding: rest, as: UTF8.self)
    }

    /// Everything in front of the first of these characters.
    mutating func prefix(until isEnd: (Character) -> Bool) -> String {
        String(decoding: prefixBytes(until: isEnd), as: UTF8.self)
    }

    private mutating func prefixBytes(until isEnd: (Character) -> Bool) -> ArraySlice<UInt8> {
        let end = rest.firstIndex { isEnd(Character($0)) } ?? rest.endIndex
        defer { rest = rest[end...] }
        return rest[..<end]
    }

    /// A name, quoted or as it is, up to an arrow or one of these characters, without spaces around it.
    mutating func name(until isEnd: (Character) -> Bool) -> String {
        skipSpaces()
        if let quoted = quoted(before: { isEnd($0) || $0 == "-" || $0 == " " }) {
            skipSpaces()
            return quoted
        }
        var name: [UInt8] = []
        while let byte = rest.first, !isEnd(Character(byte)), !rest.starts(with: "->".utf8) {
            name.append(byte)
            rest.removeFirst()
        }
        while name.last == TableText.space { name.removeLast() }
        return String(decoding: name, as: UTF8.self)
    }

    /// An element of a list: quoted only if its closing mark stands in front of one of these characters or at the end.
    /// Otherwise its marks are part of it.
    mutating func element(until isEnd: (Character) -> Bool) -> String {
        quoted(before: isEnd) ?? prefix(until: isEnd)
    }

    /// A quoted text behind which one of these characters or the end comes; otherwise nil, and nothing is taken.
    private mutating func quoted(before isEnd: (Character) -> Bool) -> String? {
        quotedBytes(before: isEnd).map { String(decoding: $0, as: UTF8.self) }
    }

    private mutating func quotedBytes(before isEnd: (Character) -> Bool) -> ArraySlice<UInt8>? {
        guard rest.first == TableText.mark else { return nil }
        var following = rest.dropFirst()
        var text: [UInt8] = []
        while let byte = following.popFirst() {
            if byte == TableText.mark {
                guard following.first.map({ isEnd(Character($0)) }) ?? true else { return nil }
                rest = following
                return text[...]
            }
            guard byte == TableText.backslash else {
                text.append(byte)
                continue
            }
            guard let escaped = following.popFirst() else { return nil }
            text.append(escaped)
        }
        return nil
    }

    /// The elements of a list as UTF-8, up to the bracket that closes it; the one that opens it is taken already.
    ///
    /// - Parameter isAlone: nothing follows the list, so that a bracket within it belongs to an element.
    mutating func list(isAlone: Bool = false) throws(TableError) -> [ArraySlice<UInt8>] {
        if isAlone {
            guard rest.popLast() == UInt8(ascii: ")") else { throw TableText.badList }
            if rest.isEmpty { return [] }
        } else if take(")") {
            return []
        }
        func isEnd(_ character: Character) -> Bool { character == "," || (!isAlone && character == ")") }
        var elements: [ArraySlice<UInt8>] = []
        while true {
            elements.append(quotedBytes(before: isEnd) ?? prefixBytes(until: isEnd))
            guard elements.count <= Limits.tableListElementsMax else { throw TableText.tooLong }
            guard take(",") else { break }
        }
        guard isAlone ? isAtEnd : take(")") else { throw TableText.badList }
        return elements
    }

    /// A text that begins with a brace or a square bracket, up to the one that closes it; nil if that is missing.
    mutating func balanced() -> String? {
        var depth = 0
        var isQuoted = false
        var following = rest
        while let byte = following.popFirst() {
            switch byte {
            case TableText.backslash: _ = following.popFirst()
            case TableText.mark: isQuoted.toggle()
            case UInt8(ascii: "{"), UInt8(ascii: "["): if !isQuoted { depth += 1 }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if !isQuoted { depth -= 1 }
                guard depth == 0 else { continue }
                defer { rest = following }
                return String(decoding: rest[..<following.startIndex], as: UTF8.self)
            default: break
            }
        }
        return nil
    }

    /// The elements of an array as the database writes it: `{a,"b c",NULL}`. Nil stands for `NULL`.
    static func array(_ text: String) throws(TableError) -> [String?] {
        do throws(ArrayLiteral.Failure) {
            return try ArrayLiteral.elements(of: text, max: Limits.tableListElementsMax)
        } catch {
            throw error == .tooLong ? tooLong : badArray
        }
    }

    /// Without spaces around it.
    static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }

    /// Clients may put names into quotation marks.
    static func unquoted(_ text: Substring) -> String {
        var cursor = TableText(text)
        return cursor.element { _ in false }
    }

    private static let space = UInt8(ascii: " ")
    private static let mark = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")

    private static let badList = TableError.query("in takes a list such as (1,2) or (\"a\",\"b\")")
    private static let badArray = TableError(
        .badRequest, "22P02", "malformed array literal", hint: "an array is written as {a,\"b c\"}")
    private static let tooLong = TableError.query(
        "a list has more than \(Limits.tableListElementsMax) elements")
}
