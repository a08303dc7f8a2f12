// Searching in texts, in time that grows with the length of the text only.

/// Finds and replaces parts of texts, byte for byte.
enum TextSearch {
    /// The place of a part, in bytes, at or behind `start`. An empty part is found at once. Takes as many steps as text
    /// and part are long (the method of Knuth, Morris and Pratt): a stranger may choose both.
    static func find(_ part: [UInt8], in text: [UInt8], from start: Int = 0) -> Int? {
        guard let first = part.first else { return start <= text.count ? start : nil }
        guard part.count > 1 else { return text[min(start, text.count)...].firstIndex(of: first) }
        let borders = borders(of: part)
        var matched = 0
        var index = start
        while index < text.count {
            let byte = text[index]
            while matched > 0, part[matched] != byte { matched = borders[matched - 1] }
            if part[matched] == byte { matched += 1 }
            index += 1
            if matched == part.count { return index - matched }
        }
        return nil
    }

    static func find(_ part: String, in text: String) -> Int? {
        find(Array(part.utf8), in: Array(text.utf8))
    }

    /// The last place of a part that ends at or before `end`.
    static func findLast(_ part: [UInt8], in text: [UInt8], before end: Int) -> Int? {
        let found = find(part.reversed(), in: text[..<end].reversed())
        return found.map { end - $0 - part.count }
    }

    /// The places of all occurrences that do not overlap, from the left.
    static func occurrences(of part: [UInt8], in text: [UInt8], most: Int = .max) -> [Int] {
        guard let first = part.first, most > 0 else { return [] }
        var places: [Int] = []
        if part.count == 1 {
            for (index, byte) in text.enumerated() where byte == first {
                places.append(index)
                if places.count == most { break }
            }
            return places
        }
        let borders = borders(of: part)
        var matched = 0
        for (index, byte) in text.enumerated() {
            while matched > 0, part[matched] != byte { matched = borders[matched - 1] }
            if part[matched] == byte { matched += 1 }
            if matched == part.count {
                places.append(index + 1 - matched)
                if places.count == most { break }
                matched = 0
            }
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

    /// For each beginning of a part: how long its longest proper end is that is also its beginning.
    private static func borders(of part: [UInt8]) -> [Int] {
        var borders = [Int](repeating: 0, count: part.count)
        var matched = 0
        for index in 1..<part.count {
            while matched > 0, part[matched] != part[index] { matched = borders[matched - 1] }
            if part[matched] == part[index] { matched += 1 }
            borders[index] = matched
        }
        return borders
    }
}
