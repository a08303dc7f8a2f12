// Worked examples of flows: a document, start inputs, and the events that a run of it must produce, as text
// files.

import Engine
import Foundation
import Primitives
import Values
import Wire

/// One example. A file has a title behind `#`, then sections that begin with their name on a line and end at an
/// empty line:
///
/// ```text
/// names       one line for each node: its short name and its id
/// inputs      a JSON object of tagged values
/// document    the flow's document
/// nested      the document of a flow that nodes of the first one run
/// settings    how the run is started: `collect`, `only m o`, `stored c {"output":…}`, `failure 1 text` for an error of
///             the next transaction at its second instruction
/// events      one line for each event, in one of the orders that are right; those of a nested run, each behind
///             `child:`, where their node starts; `-- stop(…)`, `-- answer(value)`, `-- cancel()` are things to do
///             there, `-- transaction(one, two)` is one that must have been sent there
/// refused     instead of events: the text of the problem that keeps the flow from being built
/// ```
///
/// An event is its kind, for events of nodes the node's short name with `#` and the number of its execution, and
/// then what it carries: `NodeOutput n#0 {"n":{"U":"5"}}`, `NodeError n#0 "text"`, `FlowError "text"`,
/// `FlowFinish [a, b] {…}` with the nodes that did not run, in document order, and the output.
public struct WorkedExample: Sendable {
    /// A line of the section `events`.
    public enum Line: Hashable, Sendable {
        case event(WorkedEvent)
        /// An event of the nested run.
        case nested(WorkedEvent)
        /// The run is told to stop here. No time means at once.
        case stop(timeoutMilliseconds: Int, reason: String?)
        /// The value that the run waits for is posted here.
        case answer(String)
        /// Somebody ends the wait for a value here.
        case cancel
        /// A transaction with these instructions has been sent.
        case transaction([String])
    }

    public let title: String
    public let names: [NodeID: String]
    public let inputs: ValueMap
    public let document: [UInt8]
    /// The document of a flow that nodes run.
    public let nested: [UInt8]?
    /// How the run is started, a line each.
    public let settings: [String]
    public let lines: [Line]
    /// The problem that keeps the flow from being built, instead of events.
    public let refusal: String?

    /// The events without what must be done between them.
    public var events: [WorkedEvent] {
        lines.compactMap { if case .event(let event) = $0 { event } else { nil } }
    }

    /// The events of the nested run.
    public var nestedEvents: [WorkedEvent] {
        lines.compactMap { if case .nested(let event) = $0 { event } else { nil } }
    }

    /// The transactions that must be sent.
    public var transactions: [[String]] {
        lines.compactMap { if case .transaction(let names) = $0 { names } else { nil } }
    }

    /// The node of a short name.
    public func node(_ name: some StringProtocol) throws -> NodeID {
        guard let node = names.first(where: { $0.value == name })?.key else {
            throw WorkedExampleError("no node is called \(name)")
        }
        return node
    }

    /// Reads the text of an example.
    public init(_ text: String) throws {
        var sections: [String: [Substring]] = [:]
        var section = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("# ") {
                // Further lines of this kind say why the events are not those of the specification's page.
                if sections["title"] == nil { sections["title"] = [line.dropFirst(2)] }
            } else if line.isEmpty {
                section = ""
            } else if section.isEmpty {
                section = String(line)
            } else {
                sections[section, default: []].append(line)
            }
        }
        func content(_ name: String) throws -> [Substring] {
            guard let lines = sections[name] else { throw WorkedExampleError("there is no section \(name)") }
            return lines
        }
        title = try content("title").joined()
        var names: [NodeID: String] = [:]
        for line in try content("names") {
            let words = line.split(separator: " ")
            guard words.count == 2, let id = NodeID(words[1]) else {
                throw WorkedExampleError("no name: \(line)")
            }
            names[id] = String(words[0])
        }
        self.names = names
        inputs = try WorkedExample.map(content("inputs").joined())
        document = Array(try content("document").joined(separator: "\n").utf8)
        nested = sections["nested"].map { Array($0.joined(separator: "\n").utf8) }
        settings = (sections["settings"] ?? []).map(String.init)
        refusal = sections["refused"]?.joined()
        lines = try (sections["events"] ?? []).map { try WorkedExample.line(String($0)) }
        guard (refusal == nil) != lines.isEmpty else {
            throw WorkedExampleError("there must be either events or a refusal")
        }
    }

    /// The example of this name in the folder `Examples` beside the calling test.
    public static func named(_ name: String, beside file: String = #filePath) throws -> WorkedExample {
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("Examples")
        return try WorkedExample(
            String(contentsOf: folder.appendingPathComponent(name + ".txt"), encoding: .utf8))
    }

    /// The names of all examples in the folder `Examples` beside the calling test.
    public static func allNames(beside file: String = #filePath) throws -> [String] {
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("Examples")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".txt") }.map { String($0.dropLast(4)) }.sorted()
    }

    /// An event of a run as an example would write it; nil for lines of the log, which examples leave out.
    public func event(_ event: RunEvent) -> WorkedEvent? { WorkedEvent(event.content, names: names) }

    private static func line(_ text: String) throws -> Line {
        func inside(_ prefix: String) -> Substring? {
            text.hasPrefix(prefix) ? text.dropFirst(prefix.count).dropLast() : nil
        }
        if let value = inside("-- answer(") { return .answer(String(value)) }
        if inside("-- cancel(") != nil { return .cancel }
        if let names = inside("-- transaction(") {
            return .transaction(names.split(separator: ", ").map(String.init))
        }
        if text.hasPrefix("child: ") { return .nested(try WorkedEvent(line: String(text.dropFirst(7)))) }
        guard text.hasPrefix("-- stop(") else { return .event(try WorkedEvent(line: text)) }
        var milliseconds = 0
        var reason: String?
        for part in text.dropFirst("-- stop(".count).dropLast().split(separator: ", ") {
            let sides = part.split(separator: "=", maxSplits: 1)
            switch sides[0] {
            case "timeout_millies": milliseconds = Int(sides[1]) ?? 0
            case "reason": reason = String(sides[1].dropFirst().dropLast())
            default: throw WorkedExampleError("no stop: \(text)")
            }
        }
        return .stop(timeoutMilliseconds: milliseconds, reason: reason)
    }

    /// A JSON object of tagged values.
    public static func map(_ text: String) throws -> ValueMap {
        guard case .map(let map) = try ValueJSON.decode(Array(#"{"M":\#(text)}"#.utf8)) else {
            throw WorkedExampleError("no map: \(text)")
        }
        return map
    }
}

/// A mistake in the text of an example.
public struct WorkedExampleError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

/// An event without its time, its place in the run and the words of the log.
public struct WorkedEvent: Hashable, Sendable, CustomStringConvertible {
    /// `FlowStart`, `NodeOutput` and so on.
    public let kind: String
    /// The node's short name with `#` and the number of its execution; empty for events of the flow.
    public let execution: String
    /// Error text, nodes that did not run; empty if there is none.
    public let text: String
    /// Input or output with its entries sorted by name, because their order is not agreed upon.
    public let values: String

    public var description: String {
        [kind, execution, text, values].filter { !$0.isEmpty }.joined(separator: " ")
    }

    private init(_ kind: String, _ execution: String = "", text: String = "", values: ValueMap? = nil) {
        self.kind = kind
        self.execution = execution
        self.text = text
        self.values = values.map { Value.map($0).sorted.taggedText } ?? ""
    }

    /// Reads a line of an example.
    init(line: String) throws {
        let words = line.split(separator: " ", maxSplits: 2).map(String.init)
        switch words[0] {
        case "FlowStart": self.init("FlowStart")
        case "FlowError": self.init("FlowError", text: String(line.dropFirst("FlowError ".count)))
        case "FlowFinish":
            guard let end = line.range(of: "] {") else { throw WorkedExampleError("no event: \(line)") }
            let text = line[line.index(line.startIndex, offsetBy: "FlowFinish ".count)...end.lowerBound]
            let values = try WorkedExample.map(String(line[line.index(before: end.upperBound)...]))
            self.init("FlowFinish", text: String(text), values: values)
        case "NodeFinish" where words.count == 2: self.init("NodeFinish", words[1])
        case "NodeError" where words.count == 3, "ApiInput" where words.count == 3:
            self.init(words[0], words[1], text: words[2])
        case "NodeStart" where words.count == 3, "NodeOutput" where words.count == 3:
            self.init(words[0], words[1], values: try WorkedExample.map(words[2]))
        default: throw WorkedExampleError("no event: \(line)")
        }
    }

    /// Nil for lines of the log.
    init?(_ content: RunEvent.Content, names: [NodeID: String]) {
        func name(_ execution: NodeExecution) -> String {
            "\(names[execution.node] ?? execution.node.text)#\(execution.times)"
        }
        func quoted(_ text: String) -> String { JSONValue.string(text).text }
        guard let kind = content.kind.declaration.storedName else { return nil }
        let subject = content.subject.map(name) ?? ""
        switch content.effect {
        case .runFailed(let error), .executionFailed(_, let error):
            self.init(kind, subject, text: quoted(error))
        case .runEnded(let notRun, let output, _):
            let nodes = notRun.map { names[$0] ?? $0.text }.joined(separator: ", ")
            self.init(kind, text: "[\(nodes)]", values: output)
        case .executionStarted(_, let values), .executionGave(_, let values):
            self.init(kind, subject, values: values)
        case .line, .runIs, .executionEnded: self.init(kind, subject)
        case .nothing:
            switch content {
            case .inputRequested(let asked): self.init(kind, subject, text: quoted(asked.url))
            case .signatureRequested(let asked): self.init(kind, subject, text: quoted("\(asked.request.id)"))
            default: self.init(kind, subject)
            }
        }
    }
}

extension Value {
    /// The same value with the entries of all its maps sorted by name.
    fileprivate var sorted: Value {
        switch self {
        case .array(let elements): .array(elements.map(\.sorted))
        case .map(let map):
            .map(ValueMap(map.entries.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sorted) }))
        default: self
        }
    }
}
