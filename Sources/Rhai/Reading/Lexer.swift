// Cuts a script into words, in one pass and without recursion.

internal import Primitives

/// Reads the words of a script.
struct Lexer {
    let bytes: [UInt8]
    var index = 0
    private var line: UInt32 = 1
    private var lineStart = 0
    /// Continuation bytes of characters in this line, which do not count as columns.
    private var continuationCount = 0
    private(set) var tokens: [Token] = []
    /// For each string with values that is open: how many braces are open inside its value.
    private var braces: [Int] = []

    private init(_ source: String) {
        bytes = Array(source.utf8)
        tokens.reserveCapacity(bytes.count / 4 + 2)
    }

    /// The words of a script, the last one `.end`.
    static func tokens(of source: String) throws(RhaiError) -> [Token] {
        guard source.utf8.count <= Limits.scriptBytesMax else {
            throw RhaiError(
                .parse, "the script is longer than \(Limits.scriptBytesMax) bytes",
                at: Position(line: 1, column: 1))
        }
        var lexer = Lexer(source)
        while try lexer.readToken() {}
        return lexer.tokens
    }

    // MARK: Places

    var position: Position {
        Position(line: line, column: UInt32(index - lineStart - continuationCount + 1))
    }

    var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    func peek(_ distance: Int) -> UInt8? {
        index + distance < bytes.count ? bytes[index + distance] : nil
    }

    /// Goes over one byte and keeps the place.
    mutating func advance() {
        let byte = bytes[index]
        index += 1
        if byte == UInt8(ascii: "\n") {
            line += 1
            lineStart = index
            continuationCount = 0
        } else if byte & 0xC0 == 0x80 {
            continuationCount += 1
        }
    }

    mutating func advance(_ count: Int) {
        for _ in 0..<count { advance() }
    }

    func failure(_ message: String, at position: Position? = nil) -> RhaiError {
        RhaiError(.parse, message, at: position ?? self.position)
    }

    mutating func add(_ kind: TokenKind, at position: Position) {
        tokens.append(Token(kind: kind, position: position))
    }

    // MARK: Words

    /// False at the end.
    private mutating func readToken() throws(RhaiError) -> Bool {
        try skipSpace()
        let start = position
        guard let byte = current else {
            guard braces.isEmpty else { throw failure("a string between back-ticks has no end") }
            add(.end, at: start)
            return false
        }
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): try readNumber(at: start)
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
            try readName(at: start)
        case UInt8(ascii: "\""): add(.constant(.string(try readQuoted())), at: start)
        case UInt8(ascii: "'"): add(.constant(.char(try readCharacter())), at: start)
        case UInt8(ascii: "`"):
            advance()
            add(.textBegin, at: start)
            skipLineEnd()
            try readTextPiece()
        case UInt8(ascii: "#") where isRawString: try readRaw(at: start)
        case UInt8(ascii: "}") where braces.last == 0:
            advance()
            braces.removeLast()
            add(.valueEnd, at: start)
            try readTextPiece()
        default: try readSymbol(at: start)
        }
        return true
    }

    private mutating func readName(at start: Position) throws(RhaiError) {
        let begin = index
        while let byte = current, isNamePart(byte) { advance() }
        let text = bytes[begin..<index]
        guard let first = text.first(where: { $0 != UInt8(ascii: "_") }) else {
            guard text.count == 1 else { throw failure("a name of underscores only", at: start) }
            return add(.symbol(.underscore), at: start)
        }
        let name = String(decoding: text, as: UTF8.self)
        guard first > UInt8(ascii: "9") else { throw failure("'\(name)' is not a name", at: start) }
        if let keyword = Keyword.byName[name] {
            switch keyword {
            case .true: add(.constant(.bool(true)), at: start)
            case .false: add(.constant(.bool(false)), at: start)
            default: add(.keyword(keyword), at: start)
            }
        } else {
            add(.name(name), at: start)
        }
    }

    func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private mutating func readSymbol(at start: Position) throws(RhaiError) {
        for count in stride(from: min(3, bytes.count - index), to: 0, by: -1) {
            guard let symbol = Symbol.byText[Array(bytes[index..<index + count])] else { continue }
            if symbol == .notIn, let next = peek(3), isNamePart(next) { continue }
            if let open = braces.last {
                switch symbol {
                case .braceOpen, .mapOpen: braces[braces.count - 1] = open + 1
                case .braceClose: braces[braces.count - 1] = open - 1
                default: break
                }
            }
            advance(count)
            return add(.symbol(symbol), at: start)
        }
        let sign = String(decoding: bytes[index..<min(index + 4, bytes.count)], as: UTF8.self).first ?? "?"
        throw failure("'\(sign)' has no meaning here", at: start)
    }

    // MARK: Text between back-ticks

    /// An end of line right behind the opening back-tick does not belong to the text.
    private mutating func skipLineEnd() {
        if current == UInt8(ascii: "\r"), peek(1) == UInt8(ascii: "\n") { advance() }
        if current == UInt8(ascii: "\n") { advance() }
    }

    /// Reads up to the next value or the end of the text.
    private mutating func readTextPiece() throws(RhaiError) {
        let start = position
        var piece: [UInt8] = []
        while let byte = current {
            if byte == UInt8(ascii: "`") {
                guard peek(1) == byte else {
                    if !piece.isEmpty {
                        add(.constant(.string(String(decoding: piece, as: UTF8.self))), at: start)
                    }
                    add(.textEnd, at: position)
                    return advance()
                }
                advance()
            } else if byte == UInt8(ascii: "$"), peek(1) == UInt8(ascii: "{") {
                if !piece.isEmpty {
                    add(.constant(.string(String(decoding: piece, as: UTF8.self))), at: start)
                }
                add(.valueBegin, at: position)
                advance(2)
                braces.append(0)
                return
            }
            piece.append(byte)
            advance()
        }
        throw failure("a string between back-ticks has no end", at: start)
    }

    // MARK: Space

    private mutating func skipSpace() throws(RhaiError) {
        while let byte = current {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): advance()
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"):
                while let byte = current, byte != UInt8(ascii: "\n") { advance() }
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"): try skipComment()
            case 0xEF where index == 0 && peek(1) == 0xBB && peek(2) == 0xBF: advance(3)
            default: return
            }
        }
    }

    /// Comments of this kind may stand inside each other.
    private mutating func skipComment() throws(RhaiError) {
        let start = position
        var depth = 0
        while let byte = current {
            if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
                depth += 1
                advance(2)
            } else if byte == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
                depth -= 1
                advance(2)
                if depth == 0 { return }
            } else {
                advance()
            }
        }
        throw failure("a comment has no end", at: start)
    }
}
