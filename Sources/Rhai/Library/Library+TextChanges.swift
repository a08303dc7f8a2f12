// Functions that change a text where it is.

internal import Primitives

extension Library {
    static func addTextChanges(to library: inout LibraryBuilder) {
        change("clear", &library) { (_, arguments, _) throws(Fault) in arguments.count == 0 ? "" : nil }
        change("trim", &library) { (text, arguments, _) throws(Fault) in
            arguments.count == 0 ? trimmed(text) : nil
        }
        change("replace", &library) { (text, arguments, _) throws(Fault) in
            guard arguments.count == 2, let part = arguments.a.textOrCharacter,
                let new = arguments.b.textOrCharacter
            else { return nil }
            return TextSearch.replace(part, in: text, with: new)
        }
        change("remove", &library) { (text, arguments, _) throws(Fault) in
            guard arguments.count == 1, let part = arguments.a.textOrCharacter else { return nil }
            return TextSearch.replace(part, in: text, with: "")
        }
        change("truncate", &library) { (text, arguments, _) throws(Fault) in
            arguments.int.map { String(text.unicodeScalars.prefix(Int(clamping: max(0, $0)))) }
        }
        change("crop", &library) { (text, arguments, _) throws(Fault) in
            part(arguments, count: text.unicodeScalars.count).map { TextIndex.part($0, of: text) }
        }
        change("set", &library) { (text, arguments, _) throws(Fault) in
            guard arguments.count == 2, case .int(let index) = arguments.a,
                case .char(let scalar) = arguments.b
            else {
                return nil
            }
            guard let place = TextIndex.place(index, in: text) else { return text }
            var scalars = text.unicodeScalars
            scalars.replaceSubrange(place...place, with: [scalar])
            return String(scalars)
        }
        library.add("pad", [.string], [.changes, .costly]) { (value, arguments, session) throws(Fault) in
            guard case .string(let text) = value, arguments.count == 2, case .int(let count) = arguments.a,
                let filling = arguments.b.textOrCharacter
            else { return nil }
            value = try session.string(try padded(text, to: count, with: filling))
            return .unit
        }
        for (name, isUpper) in [("make_upper", true), ("make_lower", false)] {
            library.add(name, [.string, .char], .changes) { (value, arguments, session) throws(Fault) in
                guard arguments.count == 0 else { return nil }
                value = try cased(value, isUpper: isUpper, &session)
                return .unit
            }
        }
        library.add("append", [.string], .changes) { (value, arguments, session) throws(Fault) in
            guard arguments.count == 1 else { return nil }
            try BinaryOperation.append(arguments.a, toString: &value, &session)
            return .unit
        }
        library.add("pop", [.string], .changes) { (value, arguments, session) throws(Fault) in
            guard case .string(let text) = value else { return nil }
            session.made(text.utf8.count)
            var scalars = text.unicodeScalars
            if arguments.count == 0 {
                guard let last = scalars.popLast() else { return .unit }
                value = .string(String(scalars))
                return .char(last)
            }
            guard let count = arguments.int else { return nil }
            let rest = max(0, scalars.count - Int(clamping: max(0, count)))
            value = .string(String(scalars.prefix(rest)))
            return .string(String(scalars.dropFirst(rest)))
        }
    }

    /// Adds a function that gives a new text for the old one.
    private static func change(
        _ name: String, _ library: inout LibraryBuilder,
        _ function: @escaping @Sendable (String, Arguments, inout Session) throws(Fault) -> String?
    ) {
        library.add(name, [.string], .changes) { (value, arguments, session) throws(Fault) in
            guard case .string(let text) = value else { return nil }
            session.read(text.utf8.count)
            guard let new = try function(text, arguments, &session) else { return nil }
            value = try session.string(new)
            return .unit
        }
    }

    private static func padded(_ text: String, to count: Int64, with filling: String) throws(Fault) -> String
    {
        let length = text.unicodeScalars.count
        guard count > Int64(length), !filling.isEmpty else { return text }
        guard count <= Int64(Limits.scriptStringBytesMax) else {
            throw .tooLarge("the number of bytes of a string", Limits.scriptStringBytesMax)
        }
        let missing = Int(count) - length
        let width = filling.unicodeScalars.count
        return text + String(repeating: filling, count: (missing + width - 1) / width)
    }
}
