// Comma-separated values as RFC 4180 describes them, read leniently and written strictly.

internal import Primitives
internal import Values

/// A reader drops it in front of a table.
private let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

/// Reads rows of fields. Lines end with CR LF, LF or CR; empty ones are skipped; a field in quotes may hold anything,
/// quotes doubled; a mark of the byte order in front is dropped.
struct TableReader {
    private let bytes: [UInt8]
    private let delimiter: UInt8
    private var position = 0
    /// The number of the row that was read last, from 1; empty lines do not count.
    private(set) var rowNumber = 0

    init(_ text: String, delimiter: UInt8) {
        bytes = Array(text.utf8)
        self.delimiter = delimiter
        if bytes.starts(with: byteOrderMark) { position = byteOrderMark.count }
    }

    /// The fields of the next row; nil at the end.
    mutating func next() throws(NodeFailure) -> [String]? {
        while position < bytes.count, isLineEnd(bytes[position]) { position += 1 }
        guard position < bytes.count else { return nil }
        rowNumber += 1
        var fields: [String] = []
        while true {
            guard fields.count < Limits.tableColumnsMax else {
                throw NodeFailure("row \(rowNumber) has more than \(Limits.tableColumnsMax) fields")
            }
            fields.append(try field())
            guard position < bytes.count, bytes[position] == delimiter else { break }
            position += 1
        }
        return fields
    }

    private func isLineEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }

    private mutating func field() throws(NodeFailure) -> String {
        let quote = UInt8(ascii: "\"")
        guard position < bytes.count, bytes[position] == quote else {
            let end = bytes[position...].firstIndex { $0 == delimiter || isLineEnd($0) } ?? bytes.count
            defer { position = end }
            return String(decoding: bytes[position..<end], as: UTF8.self)
        }
        var content: [UInt8] = []
        position += 1
        while true {
            guard let end = bytes[position...].firstIndex(of: quote) else {
                throw NodeFailure("row \(rowNumber): a quotation mark without its end")
            }
            content.append(contentsOf: bytes[position..<end])
            position = end + 1
            guard position < bytes.count, bytes[position] == quote else { break }
            content.append(quote)
            position += 1
        }
        guard position == bytes.count || bytes[position] == delimiter || isLineEnd(bytes[position]) else {
            throw NodeFailure("row \(rowNumber): text behind a field in quotes")
        }
        return String(decoding: content, as: UTF8.self)
    }
}

/// Writes rows with CR LF behind each; fields are put in quotes where they need it.
struct TableWriter {
    private let delimiter: UInt8
    private var output = BoundedText()

    init(delimiter: UInt8) { self.delimiter = delimiter }

    var text: String { output.text }

    /// The names of all fields of those rows that are objects, in the order of their first appearance.
    static func columns(of rows: [Value]) throws(NodeFailure) -> [String] {
        var names = ValueMap()
        for case .map(let map) in rows {
            for entry in map.entries where names[entry.key] == nil { names[entry.key] = .null }
            guard names.count <= Limits.tableColumnsMax else {
                throw NodeFailure("the rows have more than \(Limits.tableColumnsMax) different fields")
            }
        }
        return names.keys
    }

    mutating func append(_ fields: [Value]) throws(NodeFailure) {
        for (index, value) in fields.enumerated() {
            if index > 0 { try output.append(delimiter) }
            guard let text = value.scalarText else {
                throw NodeFailure("cannot write \(value.debugDescription) as a field")
            }
            try append(text, isOnly: fields.count == 1)
        }
        try output.append("\r\n")
    }

    private mutating func append(_ text: String, isOnly: Bool) throws(NodeFailure) {
        let quote = UInt8(ascii: "\"")
        // A row of one empty field would be an empty line.
        let needsQuotes =
            text.isEmpty
            ? isOnly
            : text.utf8.contains { $0 == delimiter || $0 == quote || $0 == 10 || $0 == 13 }
                || text.utf8.first == 32 || text.utf8.last == 32 || text.utf8.starts(with: byteOrderMark)
        guard needsQuotes else { return try output.append(text) }
        try output.append(quote)
        for part in text.utf8.split(separator: quote, omittingEmptySubsequences: false).enumerated() {
            if part.offset > 0 { try output.append([quote, quote]) }
            try output.append(part.element)
        }
        try output.append(quote)
    }
}
