// Log lines with a NUL, which text columns cannot hold.

internal import Engine
internal import Wire

extension RunLogLine {
    /// The line as JSON if a text column would change it; nil for nearly all lines.
    var exactJSON: [UInt8]? {
        guard content.utf8.contains(0) || module?.utf8.contains(0) == true else { return nil }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("content")
        writer.string(content)
        if let module {
            writer.key("module")
            writer.string(module)
        }
        writer.endObject()
        return writer.output
    }

    /// The line that `exactJSON` was made of; nil for anything else.
    init?(level: RunLogLevel, exactJSON bytes: [UInt8]) {
        guard let tree = try? JSONValue.parse(bytes), let content = tree["content"]?.string else {
            return nil
        }
        self.init(level: level, module: tree["module"]?.string, content: content)
    }
}
