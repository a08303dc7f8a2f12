// The rows of a text, one after the other. Pure value; untrusted text goes in.

internal import Primitives

/// Takes the text of a table apart.
struct CSVReader {
    static let separator = UInt8(ascii: ";")
    static let quote = UInt8(ascii: "'")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")

    private let bytes: [UInt8]
    private let table: String
    private var cellsLeft: Int
    private var position = 0
    private var line = 1

    init(_ text: String, table: String, cellsMax: Int = Limits.exportCellsMax) {
        bytes = Array(text.utf8)
        self.table = table
        cellsLeft = cellsMax
    }

    /// The next row; nil at the end of the text. A line break at the very end begins no further row.
    mutating func row() throws(TransferError) -> CSVTable.Row? {
        guard position < bytes.count else { return nil }
        let first = line
        var cells: [String?] = []
        while true {
            guard cells.count < Limits.exportColumnsMax else {
                throw failure(nil, "a table has at most \(Limits.exportColumnsMax) columns")
            }
            guard cellsLeft > 0 else { throw failure(nil, "the table has too many fields") }
            cellsLeft -= 1
            cells.append(try field(number: cells.count + 1))
            guard position < bytes.count else { break }
            if bytes[position] == CSVReader.carriageReturn { position += 1 }
            let mark = bytes[position]
            position += 1
            if mark == CSVReader.lineFeed {
                line += 1
                break
            }
        }
        return CSVTable.Row(line: first, cells)
    }

    /// One field, up to the separator or line feed behind it, or to the end of the text.
    private mutating func field(number: Int) throws(TransferError) -> String? {
        if position < bytes.count, bytes[position] == CSVReader.quote {
            return try quotedField(number: number)
        }
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case _ where isEnd(position): return start == position ? nil : text(bytes[start..<position])
            case CSVReader.quote:
                throw failure(number, "a quote stands in a field that does not begin with one")
            case CSVReader.carriageReturn: throw failure(number, "a carriage return stands outside of quotes")
            case 0: throw failure(number, "U+0000 cannot be stored")
            default: position += 1
            }
        }
        return start == position ? nil : text(bytes[start..<position])
    }

    private mutating func quotedField(number: Int) throws(TransferError) -> String {
        position += 1
        var content: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case CSVReader.quote:
                guard position < bytes.count, !isEnd(position) else { return text(content[...]) }
                guard bytes[position] == CSVReader.quote else {
                    throw failure(number, "expected a separator or the end of the line behind a quote")
                }
                content.append(byte)
                position += 1
            case 0: throw failure(number, "U+0000 cannot be stored")
            default:
                if byte == CSVReader.lineFeed { line += 1 }
                content.append(byte)
            }
        }
        throw failure(number, "a quote is not closed")
    }

    /// Whether a field that is not quoted ends here. Some exports have lines that end in CR LF.
    private func isEnd(_ position: Int) -> Bool {
        switch bytes[position] {
        case CSVReader.separator, CSVReader.lineFeed: true
        case CSVReader.carriageReturn:
            position + 1 < bytes.count && bytes[position + 1] == CSVReader.lineFeed
        default: false
        }
    }

    private func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private func failure(_ number: Int?, _ rule: String) -> TransferError {
        .table(table, line: line, column: number.map { "number \($0)" }, rule: rule)
    }
}
