// The answer with a file. Pure.

internal import Engine
internal import Primitives
internal import Wire

/// A file as an answer. Files are written by strangers: a browser runs nothing in them and guesses nothing about them.
struct FileAnswer {
    /// For whom the answer may be kept on its way.
    enum Reader {
        case everybody, holder, owner
    }

    private let reader: Reader
    private let request: HTTPRequest
    /// The name under which a browser is to save the file: an empty one means the file's own.
    private let download: String?

    init(_ request: HTTPRequest, _ reader: Reader) {
        self.reader = reader
        self.request = request
        download = request.target.query("download")
    }

    /// True if the caller has this version of the file (RFC 9110 section 13.1.2).
    func isKnown(_ file: FileSummary) -> Bool { file.tag.isKnown(to: request) }

    func response(_ result: Result<FileReply, FileError>) -> HTTPResponse {
        switch result {
        case .failure(let error): .refusal(error)
        case .success(.content(let file, let content)):
            HTTPResponse(.ok, headers: headers(of: file), body: content)
        case .success(.done(let file)): HTTPResponse(.notModified, headers: headers(of: file))
        case .success(.names): .refusal(.storage(.failed))
        }
    }

    private func headers(of file: FileSummary) -> HTTPHeaders {
        var headers: HTTPHeaders = [
            "Content-Type": file.contentType, "ETag": file.tag.text,
            "Last-Modified": HTTPDate.text(of: file.modifiedAt),
            // What was written or deleted meanwhile must be seen, so each use asks again.
            "Cache-Control": reader == .everybody ? "public, no-cache" : "private, no-cache",
            "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox",
        ]
        if let download {
            let own = String(file.key.split(separator: "/").last ?? "")
            headers.add("Content-Disposition", FileAnswer.disposition(download.isEmpty ? own : download))
        }
        return headers
    }

    /// Saves under a name (RFC 6266): once in ASCII without anything that could end the quotation, once whole.
    private static func disposition(_ name: String) -> String {
        let cut = String(name.prefix(Limits.downloadNameCharactersMax))
        let plain = cut.unicodeScalars.map { scalar in
            scalar.isASCII && (0x20..<0x7F).contains(scalar.value)
                && !"\"\\/%".unicodeScalars.contains(scalar)
                ? String(scalar) : "_"
        }
        return "attachment; filename=\"\(plain.joined())\"; filename*=UTF-8''\(PercentEncoding.segment(cut))"
    }
}

extension FileSummary {
    /// Another one for each time that the file is written.
    fileprivate var tag: EntityTag {
        EntityTag("\(String(modifiedAt.nanoseconds, radix: 16))-\(String(size, radix: 16))")
    }
}

extension HTTPResponse {
    static let noFile = HTTPResponse.error(.notFound, FileError.notFound.description)

    /// Why something could not be done with a file.
    static func refusal(_ error: FileError) -> HTTPResponse {
        switch error {
        case .notFound: .noFile
        case .fileExists: .error(.conflict, error.description)
        case .tooLarge: .error(.contentTooLarge, error.description)
        case .limitExceeded: .error(.forbidden, error.description)
        case .storage(.failed): .error(.internalServerError, error.description)
        case .storage: .unavailable(error.description)
        }
    }
}
