// What came instead of what a test expected.

/// Ends a test that cannot go on. It says what was expected, what came, and where: the report of a thrown error names
/// the test and not the line.
public struct Surprise: Error, CustomStringConvertible {
    /// What came may hold a run's whole output; its beginning says what it is.
    private static let foundCharactersMax = 500

    public let expected: String
    public let found: String
    public let place: String

    public init(expected: String, _ found: Any?, file: String = #fileID, line: Int = #line) {
        self.expected = expected
        self.found = found.map { String("\($0)".prefix(Surprise.foundCharactersMax)) } ?? "nothing"
        place = "\(file):\(line)"
    }

    public var description: String { "expected \(expected), found \(found), at \(place)" }
}
