// The type of a file if the node names none (spec nodes 2.7). Pure.

internal import Engine
internal import Primitives

/// Media types of files.
enum ContentType {
    static let unknown = "application/octet-stream"

    /// The type by the extension of the path, else by the content.
    static func guess(path: String, isText: Bool) -> String {
        let name = path.utf8.split(separator: UInt8(ascii: "/")).last ?? path.utf8[...]
        if let dot = name.lastIndex(of: UInt8(ascii: ".")) {
            let ending = String(decoding: name[name.index(after: dot)...], as: UTF8.self).lowercased()
            if let type = byEnding[ending] { return type }
        }
        return isText ? "text/plain" : unknown
    }

    /// True if the text may stand in a header as the type of a body.
    static func isValid(_ text: String) -> Bool {
        (1...Limits.contentTypeCharactersMax).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
    }

    private static let byEnding = [
        "aac": "audio/aac", "avif": "image/avif", "bin": unknown, "bmp": "image/bmp", "css": "text/css",
        "csv": "text/csv", "flac": "audio/flac", "gif": "image/gif", "gz": "application/gzip",
        "htm": "text/html", "html": "text/html", "ico": "image/x-icon", "jpeg": "image/jpeg",
        "jpg": "image/jpeg", "js": "text/javascript", "json": "application/json", "m4a": "audio/mp4",
        "md": "text/markdown", "mjs": "text/javascript", "mov": "video/quicktime", "mp3": "audio/mpeg",
        "mp4": "video/mp4", "ogg": "audio/ogg", "otf": "font/otf",
        "parquet": "application/vnd.apache.parquet",
        "pdf": "application/pdf", "png": "image/png", "svg": "image/svg+xml", "tar": "application/x-tar",
        "tif": "image/tiff", "tiff": "image/tiff", "tsv": "text/tab-separated-values", "ttf": "font/ttf",
        "txt": "text/plain", "wasm": "application/wasm", "wav": "audio/wav", "webm": "video/webm",
        "webp": "image/webp", "woff": "font/woff", "woff2": "font/woff2", "xml": "text/xml",
        "yaml": "application/yaml", "yml": "application/yaml", "zip": "application/zip",
    ]
}
