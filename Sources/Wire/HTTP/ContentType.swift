// Whether the value of a Content-Type field is one. Pure.

/// The value of a Content-Type field: type, slash and subtype, and perhaps parameters (RFC 9110 section 8.3.1).
public enum ContentType {
    /// Whether this names a type. Its parameters are not looked at: they decide nothing that could go wrong.
    public static func isWellFormed(_ text: String) -> Bool {
        var essence = Array(text.utf8.prefix { $0 != UInt8(ascii: ";") })
        while essence.last == UInt8(ascii: " ") { essence.removeLast() }
        let parts = essence.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(ASCII.isToken) }
    }
}
