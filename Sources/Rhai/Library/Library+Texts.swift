// Functions for texts and characters that give new values.

internal import Primitives

extension Library {
    static func addTexts(to library: inout LibraryBuilder) {
        library.add("len", [.string], .property) { (value, arguments, session) throws(Fault) in
            guard case .string(let text) = value, arguments.count == 0 else { return nil }
            session.read(text.utf8.count)
            return .int(Int64(text.unicodeScalars.count))
        }
        library.add("bytes", [.string], .property) { (value, arguments, _) throws(Fault) in
            guard case .string(let text) = value, arguments.count == 0 else { return nil }
            return .int(Int64(text.utf8.count))
        }
        library.add("is_empty", [.string], .property) { (value, arguments, _) throws(Fault) in
            guard case .string(let text) = value, arguments.count == 0 else { return nil }
            return .bool(text.isEmpty)
        }
        library.add("to_blob", [.string]) { (value, arguments, session) throws(Fault) in
            guard case .string(let text) = value, arguments.count == 0 else { return nil }
            return try session.blob(Array(text.utf8))
        }
        library.add("to_chars", [.string]) { (value, arguments, session) throws(Fault) in
            guard case .string(let text) = value, arguments.count == 0 else { return nil }
            session.made(text.utf8.count * 24)
            return try session.array(text.unicodeScalars.map { .char($0) })
        }
        for (name, isUpper) in [("to_upper", true), ("to_lower", false)] {
            library.add(name, [.string, .char]) { (value, arguments, session) throws(Fault) in
                arguments.count == 0 ? try cased(value, isUpper: isUpper, &session) : nil
            }
        }
        library.add("contains", [.string, .array, .map, .range, .blob]) {
            (value, arguments, session) throws(Fault) in
            guard arguments.count == 1 else { return nil }
            return .bool(try BinaryOperation.contains(value, arguments.a, &session))
        }
        library.add("starts_with", [.string]) { (value, arguments, session) throws(Fault) in
            guard case .string(let text) = value, arguments.count == 1, let part = arguments.a.textOrCharacter
            else {
                return nil
            }
            session.read(part.utf8.count)
            return .bool(text.utf8.starts(with: part.utf8))
        }
        library.add("ends_with", [.string]) { (value, arguments, session) throws(Fault) in
            guard case .string(let text) = value, arguments.count == 1, let part = arguments.a.textOrCharacter
            else {
                return nil
            }
            session.read(part.utf8.count)
            return .bool(text.utf8.reversed().starts(with: part.utf8.reversed()))
        }
        library.add("index_of", [.string]) { (value, arguments, session) throws(Fault) in
            guard case .string(let text) = value, let part = arguments.a.textOrCharacter else { return nil }
            session.read(text.utf8.count * 2)
            let bytes = Array(text.utf8)
            var start = 0
            if arguments.count == 2, case .int(let first) = arguments.b {
                start = offset(of: place(first, count: text.unicodeScalars.count), in: text)
            } else if arguments.count != 1 {
                return nil
            }
            guard let found = TextSearch.find(Array(part.utf8), in: bytes, from: start) else {
                return .int(-1)
            }
            return .int(Int64(bytes[..<found].count { $0 & 0xC0 != 0x80 }))
        }
    }

    static func cased(
        _ value: Dynamic, isUpper: Bool, _ session: inout Session
    ) throws(Fault) -> Dynamic {
        switch value {
        case .string(let text): return try session.string(isUpper ? text.uppercased() : text.lowercased())
        case .char(let scalar):
            let mapping = isUpper ? scalar.properties.uppercaseMapping : scalar.properties.lowercaseMapping
            // A letter that becomes two stays as it is.
            let scalars = mapping.unicodeScalars
            return .char(scalars.count == 1 ? scalars[scalars.startIndex] : scalar)
        default: return value
        }
    }

    // MARK: Places in texts

    /// How many bytes stand in front of a character.
    static func offset(of character: Int, in text: String) -> Int {
        let scalars = text.unicodeScalars
        let index = scalars.index(scalars.startIndex, offsetBy: character, limitedBy: scalars.endIndex)
        return text.utf8.distance(from: text.startIndex, to: index ?? text.endIndex)
    }

    /// The text without white space at both ends.
    static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }

    /// A text for an error, cut to what is needed to recognise it.
    static func quoted(_ text: String) -> String {
        let part = String(text.unicodeScalars.prefix(Limits.scriptQuotedCharactersMax))
        return part.utf8.count == text.utf8.count ? "'\(text)'" : "'\(part)…'"
    }
}
