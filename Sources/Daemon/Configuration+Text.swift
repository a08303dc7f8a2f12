// The configuration in words: the example file, the help, and what a start comes to. Pure.

extension Configuration {
    /// The text of `Config/flowd.example.conf`: every setting, commented out, with its default.
    public static var exampleFile: String {
        let standard = Configuration()
        var text = """
            # Configuration of flowd. Name this file with --config FILE or FLOWD_CONFIG.
            #
            # One setting per line, key = value, without quotes; an empty value counts as none. Comments have
            # lines of their own. The lines commented out below show the defaults.
            #
            # Every setting can also come from the environment (log_level as FLOWD_LOG_LEVEL), which goes before
            # this file, and from the command line (as --log-level), which goes before both.

            """
        for setting in Setting.all {
            text += "\n"
            for line in wrapped(setting.purpose, columns: 105) { text += "# \(line)\n" }
            for line in wrapped("Expected: \(setting.allowed).", columns: 105) { text += "# \(line)\n" }
            if setting.sources == .environmentOnly {
                text += "# Only taken from the environment, as \(setting.variable).\n"
            } else {
                let value = setting.text(standard)
                text += "#\(setting.key) =\(value.isEmpty ? "" : " " + value)\n"
            }
        }
        return text
    }

    /// One line per setting with its value; secrets only say that they are set.
    public var summary: String {
        Setting.all.map { setting in
            let value = setting.text(self)
            return "\(setting.key) =\(value.isEmpty ? "" : " " + value)\n"
        }.joined()
    }

    /// The settings as the help shows them: flag and purpose.
    static var flagHelp: String {
        Setting.all.filter { $0.sources == .anywhere }.map { setting in
            let lines = wrapped(setting.purpose, columns: 72)
            return "  \(setting.flag)\n" + lines.map { "      \($0)\n" }.joined()
        }.joined()
    }

    /// Words in lines of at most so many columns.
    private static func wrapped(_ text: String, columns: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= columns {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
