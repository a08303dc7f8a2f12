// A form as the content of a request (RFC 7578). Pure.

/// Fields and files, one part each.
struct MultipartForm {
    private let boundary: String
    /// The content of the request.
    let body: [UInt8]

    /// - Parameter boundary: must not occur in any field; a random one does not.
    init(_ fields: [FormField], boundary: String) {
        self.boundary = boundary
        var body: [UInt8] = []
        for field in fields {
            body += "--\(boundary)\r\nContent-Disposition: form-data; name=\"".utf8
            body += "\(MultipartForm.escaped(field.name))\"".utf8
            if let filename = field.filename {
                body += "; filename=\"\(MultipartForm.escaped(filename))\"".utf8
            }
            if let type = field.contentType { body += "\r\nContent-Type: \(type)".utf8 }
            body += "\r\n\r\n".utf8
            body += field.content
            body += "\r\n".utf8
        }
        body += "--\(boundary)--\r\n".utf8
        self.body = body
    }

    init(_ fields: [FormField]) {
        self.init(fields, boundary: "flowd-\(String(UInt128.random(in: .min ... .max), radix: 36))")
    }

    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    /// Escapes names as browsers do: the characters that would end the name or its line.
    private static func escaped(_ name: String) -> String {
        name.unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "\"": text += "%22"
            case "\r": text += "%0D"
            case "\n": text += "%0A"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
