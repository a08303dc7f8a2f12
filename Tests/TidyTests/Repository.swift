// The files of this repository, as the tidy tests look at them.

import Foundation

/// A file below the top of the repository.
struct SourceFile: Sendable, CustomStringConvertible {
    /// Relative to the top.
    let path: String
    let text: String

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    var description: String { path }

    /// The target that a file under Sources belongs to, or a target of tests with a folder of its own.
    var target: String { String(path.split(separator: "/")[1]) }
}

enum Repository {
    static let top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// All files with one of these endings in a folder, however deep.
    static func files(in folder: String, endings: [String]) -> [SourceFile] {
        let base = top.appending(path: folder)
        guard let walk = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil) else {
            return []
        }
        return walk.compactMap { entry in
            guard let url = entry as? URL, endings.contains(url.pathExtension),
                let text = try? String(contentsOf: url, encoding: .utf8)
            else { return nil }
            return SourceFile(path: String(url.path.dropFirst(top.path.count + 1)), text: text)
        }
    }

    static var sources: [SourceFile] { files(in: "Sources", endings: ["swift"]) }

    /// Dialects that only tests speak. They are built like those under Sources.
    static var testDialects: [SourceFile] {
        files(in: "Tests", endings: ["swift"]).filter { $0.target.hasSuffix("Dialect") }
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: top.appending(path: path).path)
    }
}
