// How the second dialect says no: one line of plain text, with a word for programs.

internal import Dialect
internal import Engine
internal import Identity
internal import Wire

/// `refused WORD`, whatever it is about.
struct LineWords: DialectWords {
    func answer(_ refusal: Refusal, to request: HTTPRequest?) -> HTTPResponse {
        LineWords.response(refusal.status, "refused \(LineWords.word(refusal))")
    }

    func farewell(_ end: SocketEnd) -> SocketFarewell { SocketFarewell(end.code, "\(end)") }

    static func response(_ status: HTTPStatus, _ line: String) -> HTTPResponse {
        HTTPResponse(status, headers: ["Content-Type": "text/plain"], body: Array("\(line)\n".utf8))
    }

    static func word(_ refusal: Refusal) -> String {
        switch refusal {
        case .unreadable(let error): "\(error)"
        case .unknownPath: "no-such-line"
        case .otherMethods(let methods): "only-\(methods.map(\.name).joined(separator: "-"))"
        case .caller(.own(let reason)): reason
        case .caller(.missing): "key-missing"
        case .caller: "key-wrong"
        case .engine(.notFound): "no-such-thing"
        case .engine(.invalidFlow): "flow-broken"
        case .engine(let error): "\(error)"
        case .storage, .crowded: "later"
        default: "\(refusal)"
        }
    }
}
