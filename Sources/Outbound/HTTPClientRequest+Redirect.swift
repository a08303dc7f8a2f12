// Where an answer redirects a request, and which parts of it go along. Pure functions.

internal import Wire

extension HTTPClientRequest {
    /// The request to send in place of this one, or nil if the answer is the last word (RFC 9110 section 15.4).
    ///
    /// A request for another origin takes along only the fields that describe it, because any other field may be a
    /// credential.
    func redirected(by answer: HTTPResponse) throws(OutboundFailure) -> HTTPClientRequest? {
        guard [301, 302, 303, 307, 308].contains(answer.status.code),
            let location = answer.headers["location"]
        else { return nil }
        var next = self
        do throws(HTTPURLError) {
            next.url = try url.resolving(location)
        } catch {
            throw .redirectMalformed(error)
        }
        guard url.scheme == .http || next.url.scheme == .https else { throw .redirectUnprotected }
        next.url.credentials = nil
        if answer.status.asksForGet(method) {
            next.method = .get
            next.body = nil
            next.headers = next.headers.filtered { !$0.hasPrefix("content-") }
        }
        if url.hasSameOrigin(as: next.url) {
            next.url.credentials = url.credentials
        } else {
            next.headers = next.headers.filtered(HTTPClientRequest.travels)
        }
        return next
    }

    /// True for fields, in lower case, that say what is sent or wanted, and nothing about who asks.
    private static func travels(_ name: String) -> Bool {
        name == "accept" || name == "accept-language" || name == "user-agent" || name == "content-type"
            || name == "content-language"
    }
}

extension HTTPStatus {
    /// True if the next request uses GET although this one had another method. 303 says so; 301 and 302 have always
    /// been taken to mean it after a POST.
    fileprivate func asksForGet(_ method: HTTPMethod) -> Bool {
        switch code {
        case 303: method != .get && method != .head
        case 301, 302: method == .post
        default: false
        }
    }
}

extension HTTPHeaders {
    /// Those fields whose names, in lower case, fit.
    fileprivate func filtered(_ fits: (String) -> Bool) -> HTTPHeaders {
        HTTPHeaders(fields.filter { fits($0.name.lowercased()) })
    }
}
