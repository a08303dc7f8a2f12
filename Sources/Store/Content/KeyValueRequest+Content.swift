// What a request to a key-value store writes.

internal import Engine
internal import Primitives
internal import Values

extension KeyValueRequest {
    /// The tagged text of the value that is to be written, empty for every other request.
    ///
    /// - Throws: the first rule that the request breaks.
    func checkedContent() throws(KeyValueError) -> [UInt8] {
        try check()
        guard case .write(_, _, let value) = self else { return [] }
        let content = ValueJSON.encode(value)
        guard content.count <= Limits.keyValueItemBytesMax else { throw .itemTooLarge }
        return content
    }
}
