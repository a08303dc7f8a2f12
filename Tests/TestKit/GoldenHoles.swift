// What the holes of a golden exchange stand for: bound at first use, the same ever after.

import Foundation

/// A message is not what a golden exchange says.
struct GoldenMismatch: Error, CustomStringConvertible {
    let description: String
}

/// The holes of one exchange and what they are bound to.
struct GoldenHoles: Sendable {
    /// A hole of this name takes anything, each time.
    static let anything = "any"

    private var values: [String: TestJSON]
    private let derive: @Sendable (_ what: String, _ value: String) -> String?

    /// - Parameters:
    ///   - given: holes that are bound before the first line.
    ///   - derive: the value of `<WHAT of NAME>` for the value of NAME.
    init(given: [String: String], derive: @escaping @Sendable (String, String) -> String?) {
        values = given.mapValues { .string($0) }
        self.derive = derive
    }

    /// A text to be sent, its holes filled. Each must be bound.
    func fill(_ text: String) throws -> String {
        var result = ""
        var rest = text[...]
        while let hole = GoldenHoles.firstHole(in: rest) {
            result += rest[..<hole.range.lowerBound]
            guard let value = value(of: hole.name) else {
                throw GoldenMismatch(description: "<\(hole.name)> is not bound yet")
            }
            result += value.bare
            rest = rest[hole.range.upperBound...]
        }
        return result + rest
    }

    /// Compares a message with a template and binds the holes that are met for the first time.
    mutating func match(_ text: String, _ template: String) throws {
        let expected: TestJSON
        do {
            expected = try TestJSON(template: template)
        } catch {
            // A template that is no JSON stands for itself.
            guard try fill(template) == text else {
                throw GoldenMismatch(description: "expected exactly the text")
            }
            return
        }
        do {
            try match(try TestJSON(text), expected, at: "")
        } catch let error as DecodingError {
            throw GoldenMismatch(description: "not JSON: \(error)")
        }
    }

    /// The first hole of a template that is not bound yet, with what stands in its place in a text that fits.
    private func unboundPart(of template: String, in text: String) throws -> (name: String, part: String)? {
        var rest = template[...]
        while let hole = GoldenHoles.firstHole(in: rest) {
            guard value(of: hole.name) == nil else {
                rest = rest[hole.range.upperBound...]
                continue
            }
            let before = try fill(String(template[..<hole.range.lowerBound]))
            let after = try fill(String(template[hole.range.upperBound...]))
            guard text.hasPrefix(before), text.hasSuffix(after), text.count >= before.count + after.count
            else { return nil }
            return (hole.name, String(text.dropFirst(before.count).dropLast(after.count)))
        }
        return nil
    }

    private mutating func match(_ actual: TestJSON, _ expected: TestJSON, at place: String) throws {
        switch (expected, actual) {
        case (.hole(let name), _):
            try match(actual, hole: name, at: place)
        case (.string(let template), .string(let text)):
            if let hole = GoldenHoles.firstHole(in: template[...]),
                hole.range == template.startIndex..<template.endIndex
            {
                try match(actual, hole: hole.name, at: place)
            } else if let (name, part) = try unboundPart(of: template, in: text) {
                try match(.string(part), hole: name, at: place)
            } else if try fill(template) != text {
                throw GoldenMismatch(
                    description: "\(place): expected \(try fill(template).debugDescription), got \(actual)")
            }
        case (.array(let expected), .array(let actual)):
            for (index, pair) in zip(expected, actual).enumerated() {
                try match(pair.1, pair.0, at: "\(place)[\(index)]")
            }
            guard expected.count == actual.count else {
                throw GoldenMismatch(
                    description: "\(place): expected \(expected.count) elements, got \(actual.count)")
            }
        case (.object(let expected), .object(let actual)):
            for (key, value) in expected.sorted(by: { $0.key < $1.key }) {
                guard let member = actual[key] else {
                    throw GoldenMismatch(description: "\(place).\(key) is missing")
                }
                try match(member, value, at: "\(place).\(key)")
            }
            if let extra = actual.keys.sorted().first(where: { expected[$0] == nil }) {
                throw GoldenMismatch(description: "\(place).\(extra) is too much")
            }
        default:
            guard expected == actual else {
                throw GoldenMismatch(description: "\(place): expected \(expected), got \(actual)")
            }
        }
    }

    private mutating func match(_ actual: TestJSON, hole name: String, at place: String) throws {
        guard name != GoldenHoles.anything else { return }
        if let bound = value(of: name) {
            guard bound == actual else {
                throw GoldenMismatch(description: "\(place): <\(name)> was \(bound), now it is \(actual)")
            }
        } else {
            try GoldenHoles.check(actual, fits: name, at: place)
            values[name] = actual
        }
    }

    private func value(of name: String) -> TestJSON? {
        if let value = values[name] { return value }
        guard let of = name.firstRange(of: " of "), let base = values[String(name[of.upperBound...])] else {
            return nil
        }
        return derive(String(name[..<of.lowerBound]), base.bare).map { .string($0) }
    }

    // MARK: What holes look like

    /// Some names say what their values look like; digits at their end are left out.
    private static func check(_ value: TestJSON, fits name: String, at place: String) throws {
        let fits: Bool
        switch (String(name.reversed().drop(while: \.isNumber).reversed()), value) {
        // Lower case with hyphens, as every UUID is written.
        case ("run", .string(let text)), ("user", .string(let text)), ("node", .string(let text)):
            fits = text.wholeMatch(of: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) != nil
        // UTC with the fewest of 0, 3, 6 or 9 digits of a second that lose nothing.
        case ("time", .string(let text)):
            fits =
                text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.(\d{3}){1,3})?Z/) != nil
                && !text.hasSuffix("000Z")
        case ("sub", .number): fits = value.integer.map { $0 >= 0 } ?? false
        case ("run", _), ("user", _), ("node", _), ("time", _), ("sub", _): fits = false
        default: fits = true
        }
        guard fits else { throw GoldenMismatch(description: "\(place): \(value) is no <\(name)>") }
    }

    /// The first hole of a text: `<name>`, `<two-words>`, `<what of name>`.
    private static func firstHole(in text: Substring) -> (name: String, range: Range<String.Index>)? {
        guard let match = text.firstMatch(of: /<([a-z][a-z0-9]*(?:[ -][a-z0-9]+)*)>/) else { return nil }
        return (String(match.1), match.range)
    }
}
