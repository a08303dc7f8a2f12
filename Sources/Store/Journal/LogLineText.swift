// Log lines with a NUL, which text columns cannot hold.

internal import Engine
internal import Values

extension RunLogLine {
    /// The line as JSON if a text column would change it; nil for nearly all lines.
    var exactJSON: [UInt8]? {
        guard content.utf8.contains(0) || module?.utf8.contains(0) == true else { return nil }
        var text = EventText()
        var line = self
        line.walk(&text)
        return text.finished()
    }

    /// The line that `exactJSON` was made of; nil for anything else.
    init?(level: RunLogLevel, exactJSON bytes: [UInt8]) {
        self.init(level: level, content: "")
        var reader = EventTextReader(bytes)
        guard reader.fill(&self) else { return nil }
    }
}
