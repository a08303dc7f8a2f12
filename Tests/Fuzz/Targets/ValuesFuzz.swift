// Rules of the JSON forms of values.

import Primitives
import Values
import Wire

extension FuzzTarget {
    static let values = FuzzTarget("values") { input in
        guard let tree = try? JSONValue.parse(input) else {
            let value = try? ValueJSON.decode(input)
            return try expect(value == nil, "what is no JSON is the value \(value?.taggedText ?? "")")
        }
        try ValueRules.checkTagged(input, tree)
        try ValueRules.checkPlain(tree)
        if let value = try? ValueJSON.input(tree) { try ValueRules.checkBounds(value) }
    }
}

private enum ValueRules {
    /// From text and from a tree the same comes out, and an input of a request that is tagged throughout is the same value.
    static func checkTagged(_ input: [UInt8], _ tree: JSONValue) throws {
        let value: Value
        do throws(ValueJSONError) {
            value = try ValueJSON.decode(input)
        } catch {
            try checkText(of: error)
            return try expect((try? ValueJSON.decode(tree)) == nil, "a tree is a value and its text is not")
        }
        try checkBounds(value)
        let text = ValueJSON.encode(value)
        for (way, other) in [
            ("a tree", try? ValueJSON.decode(tree)), ("its own text", try? ValueJSON.decode(text)),
            ("an input", try? ValueJSON.input(tree)),
        ] {
            try expect(
                other.map { ValueJSON.encode($0) } == text,
                "\(value.taggedText) becomes \(other?.taggedText ?? "nothing") from \(way)")
        }
    }

    /// What was once plain JSON stays what it is on every further way there and back.
    static func checkPlain(_ tree: JSONValue) throws {
        for fractions in [ValueJSON.Fractions.decimal, .double] {
            let value: Value
            do throws(ValueJSONError) {
                value = try ValueJSON.plain(tree, fractions: fractions)
            } catch {
                try checkText(of: error)
                continue
            }
            try checkBounds(value)
            let plain = ValueJSON.plain(from: value)
            let again = try expect("plain JSON can be read: \(plain.text.prefix(200))") {
                try ValueJSON.plain(plain, fractions: fractions)
            }
            try expect(
                ValueJSON.plain(from: again).text == plain.text,
                "\(plain.text) becomes \(ValueJSON.plain(from: again).text)")
        }
    }

    static func checkBounds(_ value: Value) throws {
        try expect(!value.isDeeper(than: Limits.valueDepthMax), "a value is too deep")
        _ = try expect("a value's text is JSON") { try JSONValue.parse(ValueJSON.encode(value)) }
    }

    static func checkText(of error: ValueJSONError) throws {
        try expect(error.description.utf8.count < 4_096, "an error has \(error.description.utf8.count) bytes")
    }
}
