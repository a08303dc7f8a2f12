// Where XML and HTML say in themselves in which character set they are written. Pure.

/// Finds the label that a document declares near its beginning.
enum DeclaredCharacterSet {
    /// As far as browsers look (HTML standard, "prescan a byte stream").
    private static let bytesMax = 1_024

    /// The label in a document of this type; nil if there is none. A document that could be read so far is not in
    /// UTF-16, whatever it says.
    static func label(in body: [UInt8], of type: MediaType) -> String? {
        let beginning = body.prefix(bytesMax).map { $0 < 0x80 ? $0 : UInt8(ascii: "?") }
        let text = String(decoding: beginning, as: UTF8.self).lowercased()
        let label: Substring? =
            if type.isXML {
                text.firstMatch(of: /^<\?xml[^>]*?\sencoding\s*=\s*["']([a-z0-9._:-]+)["']/)?.1
            } else if type.essence == "text/html" {
                text.firstMatch(of: /<meta\s[^>]*?charset\s*=\s*["']?\s*([a-z0-9._:-]+)/)?.1
            } else {
                nil
            }
        guard let label, !label.hasPrefix("utf-16") else { return nil }
        return String(label)
    }
}
