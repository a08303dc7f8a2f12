import Primitives
import Testing

@testable import Postgres

@Suite struct `A COPY into a table` {
    @Test func `rows carry the signature, a count of fields each, and the trailer`() {
        var rows = CopyRows(columnCount: 3)
        rows.append([.integer(1), .null, .text("é")])
        let header: [UInt8] = [
            0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        ]
        let row: [UInt8] = [0, 3, 0, 0, 0, 4, 0, 0, 0, 1, 255, 255, 255, 255, 0, 0, 0, 2, 0xC3, 0xA9]
        #expect(rows.encoded == header + row + [255, 255])
        #expect(rows.count == 1)
    }

    private func stream(bytes: Int) -> CopyStream {
        var rows = CopyRows(columnCount: 1)
        rows.append([.bytea([UInt8](repeating: 7, count: bytes))])
        return CopyStream(rows)
    }

    @Test(arguments: [0, 1, CopyStream.pieceBytes - 27, CopyStream.pieceBytes, 5 * CopyStream.pieceBytes + 3])
    func `the pieces are the whole, in order, and then the end`(bytes: Int) {
        var copy = stream(bytes: bytes)
        var sent: [UInt8] = []
        var ended = false
        while !ended {
            switch copy.next() {
            case .send(let piece):
                #expect(piece.count <= CopyStream.pieceBytes && !piece.isEmpty)
                sent += piece
            case .end: ended = true
            }
        }
        #expect(sent.count == 19 + 2 + 4 + bytes + 2)
    }

    @Test func `a piece that was not taken comes again`() {
        var copy = stream(bytes: 2 * CopyStream.pieceBytes)
        let first = copy.next()
        guard case .send(let piece) = first else {
            Issue.record("the first order is to send")
            return
        }
        copy.returned(piece)
        #expect(copy.next() == first)
        #expect(copy.next() != first)
    }
}
