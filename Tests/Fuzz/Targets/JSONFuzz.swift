// Rules of the reader and the writer of JSON.

import Wire

extension FuzzTarget {
    static let json = FuzzTarget("json") { input in
        let tree = JSONRules.outcome(input) { reader throws(JSONError) in try reader.readValue() }
        let skipped = JSONRules.outcome(input) { reader throws(JSONError) in try reader.skipValue() }
        switch (tree, skipped) {
        case (.success(let tree), .success):
            try expect(JSONRules.depth(of: tree) <= JSONRules.depthMax, "a tree is too deep")
            let text = tree.encoded
            let again = try expect("what was written is read") { try JSONValue.parse(text) }
            try expect(again.encoded == text, "what was written is not what is read: \(tree.text)")
            try JSONRules.checkNumbers(of: tree)
        case (.failure(let error), .failure(let other)):
            try expect(error == other, "skipping gives \(other), reading \(error)")
            try expect(
                error.description.utf8.count < 4_096, "an error has \(error.description.utf8.count) bytes")
            if let position = error.position {
                try expect(
                    position.line >= 1 && position.column >= 0 && position.column <= input.count,
                    "an error is at \(position)")
            }
        default: throw Finding("skipping gives \(skipped), reading \(tree)")
        }
    }
}

private enum JSONRules {
    static let depthMax = 128

    static func outcome<Outcome>(
        _ input: [UInt8], _ read: (inout JSONReader) throws(JSONError) -> Outcome
    ) -> Result<Outcome, JSONError> {
        var reader = JSONReader(input)
        do throws(JSONError) {
            let outcome = try read(&reader)
            try reader.finish()
            return .success(outcome)
        } catch {
            return .failure(error)
        }
    }

    static func depth(of tree: JSONValue) -> Int {
        switch tree {
        case .array(let elements): 1 + (elements.map { depth(of: $0) }.max() ?? 0)
        case .object(let object): 1 + (object.entries.map { depth(of: $0.value) }.max() ?? 0)
        default: 0
        }
    }

    static func checkNumbers(of tree: JSONValue) throws {
        switch tree {
        case .number(let number):
            try expect(
                JSONNumber(literal: number.literal) == number, "\(number) is no number when it stands alone")
            let double = number.double
            if let short = JSONNumber(double) {
                try expect(
                    JSONNumber(literal: short.literal)?.double == double, "\(number) is written as \(short)")
            }
            if let integer = number.integer(Int.self) {
                try expect(JSONNumber(integer).integer(Int.self) == integer, "\(number) becomes another")
            }
        case .array(let elements): for element in elements { try checkNumbers(of: element) }
        case .object(let object): for entry in object.entries { try checkNumbers(of: entry.value) }
        default: break
        }
    }
}
