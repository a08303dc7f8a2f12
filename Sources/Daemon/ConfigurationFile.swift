// The lines of a configuration file. Pure: what a line means is decided elsewhere.

/// A configuration file that has been read: lines of `key = value`, comments that begin with `#`, empty lines.
public struct ConfigurationFile: Sendable {
    /// One line that says something, or is wrong.
    struct Line {
        /// From 1.
        let number: Int
        let content: Result<(key: String, value: String), ConfigurationProblem.Reason>
    }

    /// How messages name it: the path it was asked for by.
    public let name: String
    private let content: [UInt8]

    /// The file of these bytes.
    public init(name: String, content: [UInt8]) {
        self.name = name
        self.content = content
    }

    /// What the file says, line by line.
    var lines: [Line] {
        guard let text = String(validating: content, as: UTF8.self) else {
            return [Line(number: 1, content: .failure(.notUTF8))]
        }
        // By bytes: for Swift, a carriage return and a line feed are one character that is no line feed.
        return text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated().compactMap { index, bytes in
                let line = ConfigurationFile.trimmed(Substring(bytes))
                if line.isEmpty || line.hasPrefix("#") { return nil }
                return Line(number: index + 1, content: ConfigurationFile.assignment(line))
            }
    }

    private static func assignment(
        _ line: Substring
    ) -> Result<(key: String, value: String), ConfigurationProblem.Reason> {
        guard let mark = line.firstIndex(of: "=") else { return .failure(.noAssignment) }
        let key = trimmed(line[..<mark])
        let value = trimmed(line[line.index(after: mark)...])
        if key.isEmpty { return .failure(.noAssignment) }
        // A comment or quotes would become part of the value. Refusing them is kinder than a folder named "x # y".
        if value.hasPrefix("#") || value.contains(" #") || value.contains("\t#") {
            return .failure(.commentBehindValue)
        }
        if value.hasPrefix("\"") || value.hasPrefix("'") { return .failure(.quotedValue) }
        return .success((String(key), String(value)))
    }

    /// The text without spaces, tabs and carriage returns around it.
    static func trimmed(_ text: Substring) -> Substring {
        var bytes = text.utf8
        while let first = bytes.first, isBlank(first) { bytes.removeFirst() }
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return Substring(bytes)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
}
