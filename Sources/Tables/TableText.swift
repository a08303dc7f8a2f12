// A cursor over the text of a query: names, quoted texts, lists. Pure.

internal import Primitives
internal import Wire

/// The text of a query, read from front to back.
///
/// Quoted texts stand between quotation marks; in them a backslash takes the next character as it is.
struct TableText {
    typealias Character = Unicode.Scalar

    private var rest: Substring.UnicodeScalarView

    init(_ text: some StringProtocol) { rest = Substring(text).unicodeScalars }

    var isAtEnd: Bool { rest.isEmpty }
    var next: Character? { rest.first }

    /// Takes these characters if they are the next ones.
    mutating func take(_ text: StaticString) -> Bool {
        let wanted = String(describing: text).unicodeScalars
        guard rest.starts(with: wanted) else { return false }
        rest = rest.dropFirst(wanted.count)
        return true
    }

    mutating func skipSpaces() {
        while rest.first == " " { rest.removeFirst() }
    }

    /// All that is left.
    mutating func remainder() -> String {
        defer { rest = rest.suffix(0) }
        return String(rest)
    }

    /// Everything in front of the first of these characters.
    mutating func prefix(until isEnd: (Character) -> Bool) -> String {
        let taken = rest.prefix { !isEnd($0) }
        rest = rest[taken.endIndex...]
        return String(taken)
    }

    /// A name, quoted or as it is, up to an arrow or one of these characters, without spaces around it.
    mutating func name(until isEnd: (Character) -> Bool) -> String {
        skipSpaces()
        if let quoted = quoted(before: { isEnd($0) || $0 == "-" || $0 == " " }) {
            skipSpaces()
            return quoted
        }
        var name = String.UnicodeScalarView()
        while let character = rest.first, !isEnd(character), !rest.starts(with: "->".unicodeScalars) {
            name.append(character)
            rest.removeFirst()
        }
        while name.last == " " { name.removeLast() }
        return String(name)
    }

    /// An element of a list: quoted only if its closing mark stands in front of one of these characters or at the end.
    /// Otherwise its marks are part of it.
    mutating func element(until isEnd: (Character) -> Bool) -> String {
        quoted(before: isEnd) ?? prefix(until: isEnd)
    }

    /// A quoted text behind which one of these characters or the end comes; otherwise nil, and nothing is taken.
    private mutating func quoted(before isEnd: (Character) -> Bool) -> String? {
        guard rest.first == "\"" else { return nil }
        var following = rest.dropFirst()
        var text = String.UnicodeScalarView()
        while let character = following.popFirst() {
            if character == "\"" {
                guard following.first.map(isEnd) ?? true else { return nil }
                rest = following
                return String(text)
            }
            guard character == "\\" else {
                text.append(character)
                continue
            }
            guard let escaped = following.popFirst() else { return nil }
            text.append(escaped)
        }
        return nil
    }

    /// The elements of a list, up to the bracket that closes it; the one that opens it is taken already.
    ///
    /// - Parameter isAlone: nothing follows the list, so that a bracket within it belongs to an element.
    mutating func list(isAlone: Bool = false) throws(TableError) -> [String] {
        if isAlone {
            guard rest.popLast() == ")" else { throw TableText.badList }
            if rest.isEmpty { return [] }
        } else if take(")") {
            return []
        }
        var elements: [String] = []
        while true {
            elements.append(element { $0 == "," || (!isAlone && $0 == ")") })
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
        while let character = following.popFirst() {
            switch character {
            case "\\": _ = following.popFirst()
            case "\"": isQuoted.toggle()
            case "{", "[": if !isQuoted { depth += 1 }
            case "}", "]":
                if !isQuoted { depth -= 1 }
                guard depth == 0 else { continue }
                let taken = rest[..<following.startIndex]
                rest = following
                return String(taken)
            default: break
            }
        }
        return nil
    }

    /// The elements of an array as the database writes it: `{a,"b c",NULL}`. Nil stands for `NULL`.
    static func array(_ text: String) throws(TableError) -> [String?] {
        var cursor = TableText(text)
        guard cursor.take("{"), cursor.rest.popLast() == "}" else { throw badArray }
        cursor.skipSpaces()
        if cursor.isAtEnd { return [] }
        var elements: [String?] = []
        while true {
            cursor.skipSpaces()
            if cursor.next == "\"" {
                guard let text = cursor.quoted(before: { $0 == "," || $0 == " " }) else { throw badArray }
                elements.append(text)
                cursor.skipSpaces()
            } else {
                let text = String(TableText.trimmed(cursor.prefix { $0 == "," }[...]))
                guard !text.isEmpty,
                    !text.unicodeScalars.contains(where: { "{}\"".unicodeScalars.contains($0) })
                else { throw badArray }
                elements.append(text.uppercased() == "NULL" ? nil : text)
            }
            guard elements.count <= Limits.tableListElementsMax else { throw tooLong }
            guard cursor.take(",") else { break }
        }
        guard cursor.isAtEnd else { throw badArray }
        return elements
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

    private static let badList = TableError.query("in takes a list such as (1,2) or (\"a\",\"b\")")
    private static let badArray = TableError(
        .badRequest, "22P02", "malformed array literal", hint: "an array is written as {a,\"b c\"}")
    private static let tooLong = TableError.query(
        "a list has more than \(Limits.tableListElementsMax) elements")
}
