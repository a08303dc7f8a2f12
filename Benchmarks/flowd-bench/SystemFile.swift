// Small files of the system, and the terminal.

internal import Glibc

/// Files below /proc and others as small.
enum SystemFile {
    /// The whole content, up to a mebibyte; nil if it cannot be read.
    static func read(_ path: String) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { _ = close(descriptor) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while content.count < 1 << 20 {
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            content += buffer[..<count]
        }
        return content
    }

    /// Writes to a file that exists; one that must not be written to stays as it is.
    static func write(_ text: String, to path: String) {
        let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { _ = close(descriptor) }
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }

    /// The number behind a name and a colon, in files of such lines.
    static func field(_ name: String, in path: String) -> Int? {
        let lines = (read(path) ?? []).split(separator: 10)
        guard let line = lines.first(where: { $0.starts(with: "\(name):".utf8) }) else { return nil }
        return Int(String(decoding: line.filter { $0 >= 48 && $0 <= 57 }, as: UTF8.self))
    }
}

/// Standard output and standard error.
enum Terminal {
    static func say(_ text: String) {
        put(text, on: STDOUT_FILENO)
    }

    static func complain(_ text: String) {
        put(text, on: STDERR_FILENO)
    }

    private static func put(_ text: String, on descriptor: Int32) {
        var rest = Array((text + "\n").utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            // A reader that is gone wants no more.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    static func exit(_ status: Int32) -> Never {
        Glibc.exit(status)
    }
}
