// Golden exchanges: what is said and what must be answered, written down in text files. The format is described in
// README.md beside the files.

import Foundation

/// One file: a title and its steps in order.
public struct GoldenExchange: Sendable {
    /// A line that is no part of an exchange.
    public struct Malformed: Error, CustomStringConvertible {
        public let description: String
    }

    enum Action: Sendable {
        /// Send a request; its answer must be this.
        case ask(GoldenRequest, GoldenAnswer)
        /// Send a request, whose answer may be long in coming.
        case begin(GoldenRequest, String)
        /// The answer to the request of this name must be this.
        case end(String, GoldenAnswer)
        /// Send a text message on the socket of this name, which is opened at its first use.
        case say(String, on: String)
        /// The next message on this socket must be this.
        case hear(String, on: String)
    }

    struct Step: Sendable {
        /// The line of the file that it begins in, counted from 1.
        let line: Int
        let action: Action
    }

    /// The file's name without its ending.
    public let name: String
    let steps: [Step]

    /// Reads a file.
    public init(contentsOf file: URL) throws {
        try self.init(
            name: file.deletingPathExtension().lastPathComponent,
            text: try String(contentsOf: file, encoding: .utf8))
    }

    /// Reads the text of a file.
    public init(name: String, text: String) throws {
        self.name = name
        var reader = GoldenReader(name: name, text: text)
        steps = try reader.readSteps()
        guard !steps.isEmpty else { throw Malformed(description: "\(name) says nothing") }
    }

    /// The names of all exchanges in a folder, in order.
    public static func names(in folder: URL) -> [String] {
        let files =
            (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "exchange" }
            .map { $0.deletingPathExtension().lastPathComponent }.sorted()
    }
}

/// A request as a file says it; its texts may have holes.
public struct GoldenRequest: Sendable {
    public var method: String
    public var path: String
    public var headers: [(name: String, value: String)] = []
    public var body = ""
}

/// The answer that a file wants.
struct GoldenAnswer: Sendable {
    var status: Int
    /// Those that must be there; others may be.
    var headers: [(name: String, value: String)] = []
    /// Empty for no body at all.
    var body = ""
}

/// Takes the lines of a file apart.
private struct GoldenReader {
    private let name: String
    private let lines: [Substring]
    private var next = 0

    init(name: String, text: String) {
        self.name = name
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    mutating func readSteps() throws -> [GoldenExchange.Step] {
        var steps: [GoldenExchange.Step] = []
        var socket = "main"
        while let line = peek() {
            let number = next + 1
            if line.isEmpty {
                next += 1
            } else if line.hasPrefix("C> ") {
                steps.append(.init(line: number, action: .say(String(line.dropFirst(3)), on: socket)))
                next += 1
            } else if line.hasPrefix("S> ") {
                steps.append(.init(line: number, action: .hear(String(line.dropFirst(3)), on: socket)))
                next += 1
            } else if line.hasPrefix("socket ") {
                socket = String(line.dropFirst(7))
                next += 1
            } else if line.hasPrefix("waiting ") {
                next += 1
                steps.append(
                    .init(line: number, action: .begin(try readRequestHead(), String(line.dropFirst(8)))))
            } else if line.hasPrefix("answer ") {
                next += 1
                steps.append(.init(line: number, action: .end(String(line.dropFirst(7)), try readAnswer())))
            } else {
                let request = try readRequest()
                steps.append(.init(line: number, action: .ask(request, try readAnswer())))
            }
        }
        return steps
    }

    /// `METHOD /path`, headers, and after an empty line perhaps a body.
    private mutating func readRequest() throws -> GoldenRequest {
        var request = try readRequestHead()
        skipEmptyLines()
        if let line = peek(), !GoldenReader.isStatus(line) { request.body = readBody() }
        return request
    }

    private mutating func readRequestHead() throws -> GoldenRequest {
        guard let line = peek(), let match = line.wholeMatch(of: /([A-Z]+) (\/.*)/) else {
            throw malformed("neither a request nor a message")
        }
        next += 1
        var request = GoldenRequest(method: String(match.1), path: String(match.2))
        request.headers = readHeaders()
        return request
    }

    /// `STATUS`, headers, and a body right behind them.
    private mutating func readAnswer() throws -> GoldenAnswer {
        skipEmptyLines()
        guard let line = peek(), GoldenReader.isStatus(line), let status = Int(line) else {
            throw malformed("a request without the status of its answer")
        }
        next += 1
        var answer = GoldenAnswer(status: status)
        answer.headers = readHeaders()
        answer.body = readBody()
        return answer
    }

    private mutating func readHeaders() -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        while let match = peek()?.wholeMatch(of: /([A-Za-z-]+): (.*)/) {
            headers.append((String(match.1), String(match.2)))
            next += 1
        }
        return headers
    }

    /// The lines up to the next empty one.
    private mutating func readBody() -> String {
        var body: [Substring] = []
        while let line = peek(), !line.isEmpty {
            body.append(line)
            next += 1
        }
        return body.joined(separator: "\n")
    }

    /// The next line that is no comment; nil at the end.
    private mutating func peek() -> Substring? {
        while next < lines.count, lines[next].hasPrefix("#") { next += 1 }
        return next < lines.count ? lines[next] : nil
    }

    private mutating func skipEmptyLines() {
        while peek()?.isEmpty == true { next += 1 }
    }

    private static func isStatus(_ line: Substring) -> Bool { line.wholeMatch(of: /[1-5][0-9][0-9]/) != nil }

    private func malformed(_ reason: String) -> GoldenExchange.Malformed {
        .init(description: "\(name):\(next + 1): \(reason)")
    }
}
