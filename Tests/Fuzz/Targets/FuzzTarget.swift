// What is thrown at readers of untrusted bytes: each has rules that must hold whatever the bytes are.

/// A reader of untrusted bytes with its rules.
public struct FuzzTarget: Sendable, CustomStringConvertible {
    /// As `Scripts/fuzz` takes it; its corpus is in the folder of this name in Tests/Fuzz/Corpora.
    public let name: String
    private let rules: @Sendable ([UInt8]) throws -> Void

    /// - Parameter rules: throws a `Finding` for an input that breaks one. The reader's own errors are no findings.
    public init(_ name: String, rules: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.name = name
        self.rules = rules
    }

    /// Every target, by its name.
    public static let all: [FuzzTarget] = [
        .csv, .documents, .export, .httpRequest, .httpResponse, .json, .patterns, .rhai, .rhaiMade, .tables,
        .times, .tokens, .values, .webSocket,
    ]

    /// - Throws: `Finding` if this input breaks a rule.
    public func examine(_ input: [UInt8]) throws { try rules(input) }

    public var description: String { name }
}

/// A rule that an input breaks.
public struct Finding: Error, CustomStringConvertible {
    public let description: String

    public init(_ rule: String) { description = rule }
}

/// - Throws: `Finding` with the rule unless it holds.
func expect(_ holds: Bool, _ rule: @autoclosure () -> String) throws {
    guard holds else { throw Finding(rule()) }
}

/// The value, which must be there and not an error.
func expect<Result>(_ rule: String, _ body: () throws -> Result?) throws -> Result {
    let result: Result?
    do {
        result = try body()
    } catch {
        throw Finding("\(rule): \(error)")
    }
    guard let result else { throw Finding(rule) }
    return result
}
