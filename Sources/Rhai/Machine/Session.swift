// What one run has used, and the world it sees.

internal import Primitives

/// The running costs of a run. Functions of the library report here what they copy and make.
struct Session {
    let host: RhaiHost
    /// Work done by functions and operators that has not been counted yet, in steps.
    var work = 0
    /// Bytes made since values were last added up.
    var madeBytes = 0
    /// The place of the call that is under way; for the log.
    var position = Position.none

    init(_ host: RhaiHost) { self.host = host }

    /// Bytes were read: compared, searched, hashed.
    mutating func read(_ bytes: Int) { work += bytes / Limits.scriptBytesPerOperation }

    /// Bytes were made.
    mutating func made(_ bytes: Int) {
        madeBytes += bytes
        read(bytes)
    }

    /// A string that may be kept.
    mutating func string(_ text: String) throws(Fault) -> Dynamic {
        try check(text)
        return .string(text)
    }

    mutating func check(_ text: String) throws(Fault) {
        let count = text.utf8.count
        guard count <= Limits.scriptStringBytesMax else {
            throw .tooLarge("the number of bytes of a string", Limits.scriptStringBytesMax)
        }
        made(count)
    }

    /// An array that may be kept.
    mutating func array(_ elements: [Dynamic]) throws(Fault) -> Dynamic {
        let box = ArrayBox(elements)
        try box.weight.check()
        made(elements.count * 24)
        return .array(box)
    }

    mutating func map(_ box: MapBox) throws(Fault) -> Dynamic {
        try box.weight.check()
        made(box.count * 64)
        return .map(box)
    }

    mutating func blob(_ bytes: [UInt8]) throws(Fault) -> Dynamic {
        guard bytes.count <= Limits.scriptArrayElementsMax else {
            throw .tooLarge("the number of bytes of a blob", Limits.scriptArrayElementsMax)
        }
        made(bytes.count)
        return .blob(bytes)
    }
}
