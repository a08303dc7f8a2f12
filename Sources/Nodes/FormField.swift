// The fields of a form, which may be files, from what a flow's author gives. Pure.

internal import Engine
internal import Primitives
internal import Values
internal import Wire

/// A field of a form. A name may come more than once.
struct FormField {
    let name: String
    let content: [UInt8]
    /// Present in fields that are files.
    var filename: String?
    /// Nil for a plain text.
    var contentType: String?

    private var isPlain: Bool { filename == nil && contentType == nil }

    /// Reads a form: an object or pairs. A value is a text, a number, a boolean or a key; or bytes, which are a file;
    /// or an object that describes a file: `content` and perhaps `filename` and `content_type`. Null is skipped.
    static func read(_ form: Value, named name: String) throws -> [FormField] {
        var fields: [FormField] = []
        for (key, value) in try PairList.entries(form, name) {
            switch value {
            case .null: continue
            case .bytes(let bytes):
                fields.append(
                    FormField(name: key, content: bytes, filename: key, contentType: ContentType.unknown))
            case .map(let file): fields.append(try FormField(key, file, in: name))
            default:
                guard let text = value.scalarText else {
                    throw NodeFailure(
                        "\(name): each value must be a text, a number, a boolean, a key, bytes, or an object with content"
                    )
                }
                fields.append(FormField(name: key, content: Array(text.utf8)))
            }
        }
        return fields
    }

    private init(name: String, content: [UInt8], filename: String? = nil, contentType: String? = nil) {
        self.name = name
        self.content = content
        self.filename = filename
        self.contentType = contentType
    }

    /// A file as it is described. Without a name it is a field of its type.
    private init(_ name: String, _ file: ValueMap, in form: String) throws {
        let content = try file.required("content", as: Value.self)
        self.name = name
        filename = try file.optional("filename")
        let guessed: String?
        switch content {
        case .string(let text):
            self.content = Array(text.utf8)
            guessed = filename.map { ContentType.guess(path: $0, isText: true) }
        case .b32, .b64, .bytes:
            self.content = content.rawBytes ?? []
            guessed = filename.map { ContentType.guess(path: $0, isText: false) } ?? ContentType.unknown
        default:
            self.content = ValueJSON.plain(from: content, bytes: .text).encoded
            guessed = "application/json"
        }
        contentType = try file.optional("content_type") ?? guessed
        if let contentType, !ContentType.isValid(contentType) {
            throw NodeFailure(
                "\(form): content_type must be 1 to \(Limits.contentTypeCharactersMax) printable ASCII characters"
            )
        }
    }

    /// The fields as `application/x-www-form-urlencoded`, which can hold texts only (URL standard, section 5.2).
    static func urlEncoded(_ fields: [FormField], named name: String) throws(NodeFailure) -> [UInt8] {
        var items: [String] = []
        for field in fields {
            guard field.isPlain else {
                throw NodeFailure("\(name): a file can only be sent in multipart/form-data")
            }
            let text = String(decoding: field.content, as: UTF8.self)
            items.append(PercentEncoding.form(field.name) + "=" + PercentEncoding.form(text))
        }
        return Array(items.joined(separator: "&").utf8)
    }
}
