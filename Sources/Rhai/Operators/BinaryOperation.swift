// What operators do with values of every kind.

internal import Primitives
internal import Values

/// Operators between any two values.
enum BinaryOperation {
    /// The result of an operator. `&&`, `||` and `??` never come here: they decide what is evaluated at all.
    static func apply(
        _ operation: BinaryOperator, _ left: Dynamic, _ right: Dynamic, _ session: inout Session
    ) throws(Fault) -> Dynamic {
        switch operation {
        case .equal: return .bool(equal(left, right, &session))
        case .notEqual: return .bool(!equal(left, right, &session))
        case .less: return .bool(Dynamic.order(left, right).map { $0 < 0 } ?? false)
        case .lessOrEqual: return .bool(Dynamic.order(left, right).map { $0 <= 0 } ?? false)
        case .greater: return .bool(Dynamic.order(left, right).map { $0 > 0 } ?? false)
        case .greaterOrEqual: return .bool(Dynamic.order(left, right).map { $0 >= 0 } ?? false)
        case .contained: return .bool(try contains(right, left, &session))
        case .notContained: return .bool(!(try contains(right, left, &session)))
        default: break
        }
        if let result = try Arithmetic.apply(operation, left, right) { return result }
        if let result = try joined(operation, left, right, &session) { return result }
        switch (operation, left, right) {
        case (.bitAnd, .bool(let a), .bool(let b)): return .bool(a && b)
        case (.bitOr, .bool(let a), .bool(let b)): return .bool(a || b)
        case (.bitXor, .bool(let a), .bool(let b)): return .bool(a != b)
        case (.range, .int(let start), .unit), (.inclusiveRange, .int(let start), .unit):
            return .range(RangeBox(start: start, end: .max, isInclusive: operation == .inclusiveRange))
        case (.range, .unit, .int(let end)), (.inclusiveRange, .unit, .int(let end)):
            return .range(RangeBox(start: 0, end: end, isInclusive: operation == .inclusiveRange))
        case (.range, .unit, .unit), (.inclusiveRange, .unit, .unit):
            return .range(RangeBox(start: 0, end: .max, isInclusive: operation == .inclusiveRange))
        default: throw notFound(operation, left, right)
        }
    }

    static func notFound(_ operation: BinaryOperator, _ left: Dynamic, _ right: Dynamic) -> Fault {
        Fault(
            .functionNotFound, "function not found: \(operation.text) (\(left.typeName), \(right.typeName))")
    }

    private static func equal(_ left: Dynamic, _ right: Dynamic, _ session: inout Session) -> Bool {
        switch left {
        case .string, .array, .map, .blob: session.read(left.weight.byteCount)
        default: break
        }
        return Dynamic.areEqual(left, right)
    }

    // MARK: Joining

    private static func joined(
        _ operation: BinaryOperator, _ left: Dynamic, _ right: Dynamic, _ session: inout Session
    ) throws(Fault) -> Dynamic? {
        if operation == .subtract, case .string(let text) = left {
            guard let part = right.textOrCharacter else { return nil }
            return try session.string(TextSearch.replace(part, in: text, with: ""))
        }
        guard operation == .add else { return nil }
        switch (left, right) {
        case (.array(let a), .array(let b)): return try session.array(a.elements + b.elements)
        case (.map(let a), .map(let b)):
            let box = a.copy
            for entry in b.entries { try box.set(entry.value, for: entry.key) }
            return try session.map(box)
        case (.blob(let a), .blob(let b)): return try session.blob(a.bytes + b.bytes)
        case (.string(let text), .blob(let box)):
            return try session.string(text + String(decoding: box.bytes, as: UTF8.self))
        case (.string(let a), .string(let b)): return try session.string(a + b)
        case (.string(let text), _): return try session.string(text + right.text)
        case (_, .string(let text)): return try session.string(left.text + text)
        case (.char(let a), .char(let b)): return .string(String(Character(a)) + String(Character(b)))
        default: return nil
        }
    }

    // MARK: In place

    /// `target operation= value`. Strings, arrays, maps and blobs grow where they are.
    static func assign(
        _ operation: BinaryOperator, _ target: inout Dynamic, _ value: Dynamic, _ session: inout Session
    ) throws(Fault) {
        if operation == .add {
            // Asked for its kind only: a copy would have to be changed instead.
            switch target.kind {
            case .string: return try append(value, toString: &target, &session)
            case .array: return try append(value, toArray: &target, &session)
            case .map:
                guard case .map(let other) = value, let box = target.takeMap() else { break }
                defer { target = .map(box) }
                for entry in other.entries { try box.set(entry.value, for: entry.key) }
                session.made(other.count * 64)
                return
            case .blob:
                guard let bytes = value.bytesToAppend, let box = target.takeBlob() else { break }
                defer { target = .blob(box) }
                guard box.bytes.count + bytes.count <= Limits.scriptArrayElementsMax else {
                    throw .tooLarge("the number of bytes of a blob", Limits.scriptArrayElementsMax)
                }
                session.made(bytes.count)
                box.bytes += bytes
                return
            default: break
            }
        }
        target = try apply(operation, target, value, &session)
    }

    static func append(_ value: Dynamic, toString target: inout Dynamic, _ session: inout Session)
        throws(Fault)
    {
        guard case .string(var text) = target else { return }
        target = .unit
        defer { target = .string(text) }
        let addition: String =
            if case .blob(let box) = value { String(decoding: box.bytes, as: UTF8.self) } else { value.text }
        guard text.utf8.count + addition.utf8.count <= Limits.scriptStringBytesMax else {
            throw .tooLarge("the number of bytes of a string", Limits.scriptStringBytesMax)
        }
        session.made(addition.utf8.count)
        text += addition
    }

    private static func append(
        _ value: Dynamic, toArray target: inout Dynamic, _ session: inout Session
    ) throws(Fault) {
        guard let box = target.takeArray() else { return }
        defer { target = .array(box) }
        if case .array(let other) = value {
            session.made(other.count * 24)
            _ = try box.replace(box.count..<box.count, with: other.elements)
        } else {
            session.madeBytes += 24
            try box.append(value)
        }
    }

    // MARK: Containment

    /// What `in` and `contains` say.
    static func contains(
        _ container: Dynamic, _ value: Dynamic, _ session: inout Session
    ) throws(Fault) -> Bool {
        switch (container, value) {
        case (.array(let box), _):
            session.read(box.weight.byteCount)
            return box.elements.contains { Dynamic.areEqual($0, value) }
        case (.map(let box), .string(let key)): return box.position(of: key) != nil
        case (.map(let box), .char(let key)): return box.position(of: String(Character(key))) != nil
        case (.string(let text), .string(let part)):
            session.read(text.utf8.count)
            return TextSearch.find(part, in: text) != nil
        case (.string(let text), .char(let scalar)):
            session.read(text.utf8.count)
            return text.unicodeScalars.contains(scalar)
        case (.range(let range), .int(let number)): return range.contains(number)
        case (.blob(let box), .int(let number)):
            return box.bytes.contains(UInt8(truncatingIfNeeded: number))
        default:
            throw Fault(
                .functionNotFound,
                "function not found: contains (\(container.typeName), \(value.typeName))")
        }
    }
}

extension Dynamic {
    /// The text of a string or of one character.
    var textOrCharacter: String? {
        switch self {
        case .string(let text): text
        case .char(let scalar): String(Character(scalar))
        default: nil
        }
    }

    /// What a blob takes at its end.
    var bytesToAppend: [UInt8]? {
        switch self {
        case .blob(let box): box.bytes
        case .int(let number): [UInt8(truncatingIfNeeded: number)]
        case .char, .string: textOrCharacter.map { Array($0.utf8) }
        default: nil
        }
    }
}
