// Functions that give parts of texts.

internal import Primitives

extension Library {
    static func addTextParts(to library: inout LibraryBuilder) {
        library.add("get", [.string]) { (value, arguments, session) throws(Fault) in
            guard case .string(let text) = value, let index = arguments.int else { return nil }
            session.read(text.utf8.count)
            return TextIndex.place(index, in: text).map { .char(text.unicodeScalars[$0]) } ?? .unit
        }
        for name in ["sub_string", "chars"] {
            library.add(name, [.string]) { (value, arguments, session) throws(Fault) in
                guard case .string(let text) = value else { return nil }
                session.read(text.utf8.count)
                if name == "chars", arguments.count == 0 { return value }
                guard let range = part(arguments, count: text.unicodeScalars.count) else { return nil }
                return try session.string(TextIndex.part(range, of: text))
            }
        }
        library.add("split", [.string]) { (value, arguments, session) throws(Fault) in
            guard case .string(let text) = value else { return nil }
            session.made(text.utf8.count * 2)
            switch arguments.count {
            case 0: return try session.array(words(of: text).map { .string($0) })
            case 1:
                if let index = arguments.int { return try halves(of: text, at: index, &session) }
                guard let mark = arguments.a.textOrCharacter else { return nil }
                return try session.array(pieces(of: text, at: mark, most: .max).map { .string($0) })
            case 2:
                guard let mark = arguments.a.textOrCharacter, case .int(let most) = arguments.b else {
                    return nil
                }
                return try session.array(pieces(of: text, at: mark, most: most).map { .string($0) })
            default: return nil
            }
        }
        library.add("split_rev", [.string]) { (value, arguments, session) throws(Fault) in
            guard case .string(let text) = value, let mark = arguments.a.textOrCharacter else { return nil }
            var most = Int64.max
            if arguments.count == 2 {
                guard case .int(let number) = arguments.b else { return nil }
                most = number
            } else if arguments.count != 1 {
                return nil
            }
            session.made(text.utf8.count * 2)
            // The same with everything from right to left.
            let reversed = pieces(of: reversed(text), at: reversed(mark), most: most)
            return try session.array(reversed.map { .string(Library.reversed($0)) })
        }
    }

    private static func words(of text: String) -> [String] {
        text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace).map { String($0) }
    }

    private static func halves(
        of text: String, at index: Int64, _ session: inout Session
    ) throws(Fault) -> Dynamic {
        let count = text.unicodeScalars.count
        let middle = place(index, count: count)
        return try session.array([
            .string(TextIndex.part(0..<middle, of: text)), .string(TextIndex.part(middle..<count, of: text)),
        ])
    }

    /// At most so many pieces, the last one with the rest. An empty mark stands around every character.
    private static func pieces(of text: String, at mark: String, most: Int64) -> [String] {
        guard most > 1 else { return most == 1 ? [text] : [] }
        // More than an array holds are refused anyway.
        let most = min(Int(clamping: most), Limits.scriptArrayElementsMax + 2)
        if mark.isEmpty {
            var pieces = [""]
            var rest = text.unicodeScalars[...]
            while pieces.count < most - 1, let scalar = rest.popFirst() {
                pieces.append(String(Character(scalar)))
            }
            pieces.append(String(rest))
            return pieces
        }
        let (bytes, mark) = (Array(text.utf8), Array(mark.utf8))
        var pieces: [String] = []
        var start = 0
        for place in TextSearch.occurrences(of: mark, in: bytes, most: most - 1) {
            pieces.append(String(decoding: bytes[start..<place], as: UTF8.self))
            start = place + mark.count
        }
        pieces.append(String(decoding: bytes[start...], as: UTF8.self))
        return pieces
    }

    /// Character by character.
    private static func reversed(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: text.unicodeScalars.reversed())
        return String(scalars)
    }
}
