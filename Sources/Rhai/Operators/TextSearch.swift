// Searching in texts, in time that grows with the length of the text only.

internal import Primitives

/// Finds and replaces parts of texts, byte for byte.
enum TextSearch {
    /// The place of a part, in bytes, at or behind `start`. An empty part is found at once.
    static func find(_ part: [UInt8], in text: [UInt8], from start: Int = 0) -> Int? {
        guard !part.isEmpty else { return start <= text.count ? start : nil }
        var place: Int?
        ByteSearch(part).forEachRange(in: text, from: start) { range in
            place = range.lowerBound
            return false
        }
        return place
    }

    static func find(_ part: String, in text: String) -> Int? {
        find(Array(part.utf8), in: Array(text.utf8))
    }

    /// The places of all occurrences that do not overlap, from the left.
    static func occurrences(of part: [UInt8], in text: [UInt8], most: Int = .max) -> [Int] {
        guard most > 0 else { return [] }
        var places: [Int] = []
        ByteSearch(part).forEachRange(in: text) { range in
            places.append(range.lowerBound)
            return places.count < most
        }
        return places
    }

    /// The text with each occurrence of a part replaced. An empty part stands around every character. Stops once the
    /// result is longer than any string may be.
    static func replace(_ part: String, in text: String, with replacement: String, bytesMax: Int = 100_000)
        -> String
    {
        if part.isEmpty {
            guard !replacement.isEmpty else { return text }
            var output = replacement
            for scalar in text.unicodeScalars {
                output.unicodeScalars.append(scalar)
                output += replacement
                if output.utf8.count > bytesMax { break }
            }
            return output
        }
        let (bytes, part) = (Array(text.utf8), Array(part.utf8))
        let places = occurrences(of: part, in: bytes)
        guard !places.isEmpty else { return text }
        var output: [UInt8] = []
        var done = 0
        for place in places {
            output.append(contentsOf: bytes[done..<place])
            output.append(contentsOf: replacement.utf8)
            done = place + part.count
            if output.count > bytesMax { break }
        }
        output.append(contentsOf: bytes[done...])
        return String(decoding: output, as: UTF8.self)
    }
}
