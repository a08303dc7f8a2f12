// A text message of the Space Operator socket, read: which of the two spellings it is in and what it asks.

internal import Engine
internal import Primitives
internal import Wire

/// The two spellings of the protocol (spec http-and-websocket 3.2). Both are spoken on every connection; each
/// message shows its own.
enum Spelling: Sendable {
    /// `{"Method": {…}}`, numbered by the server, as documented.
    case documented
    /// `{"id": n, "method": "Method", "params": {…}}`, as the TypeScript clients speak.
    case numbered
}

/// What a message asks for.
enum SocketRequest: Sendable {
    case authenticate(token: String)
    case subscribeRunEvents(RunEventsWish, token: String?)
    case subscribeSignatureRequests
    /// Beyond the existing clients: end the subscription with this number.
    case unsubscribe(UInt64)
}

/// Which events of which run a peer wants to see.
struct RunEventsWish: Sendable {
    let run: RunID
    /// Beyond the existing clients: messages up to this place have been seen, and those that follow tell their places.
    let after: UInt64?
    /// Beyond the existing clients; all if the peer does not say. The end of the run is told in any case.
    let kinds: RunEventKinds
}

/// A message that could be read, or why not.
struct SocketEnvelope: Sendable {
    let spelling: Spelling
    /// What the answer carries.
    let id: Int64
    let request: Result<SocketRequest, SocketRequestError>

    /// Why a message is no request; the text goes to the client (spec http-and-websocket 3.5).
    enum SocketRequestError: Error {
        case json(JSONError)
        case badRunID(JSONPosition)

        var text: String {
            switch self {
            case .json(let error): error.description
            case .badRunID(let position): "UUID parsing failed: flow_run_id is not a UUID at \(position)"
            }
        }
    }

    private static let methods = documentedMethods + ["Unsubscribe"]

    /// What errors name: clients may know their texts by heart.
    private static let documentedMethods = [
        "Authenticate", "SubscribeFlowRunEvents", "SubscribeSignatureRequests",
    ]

    /// Reads a message.
    ///
    /// - Parameters:
    ///   - number: how many text messages came before on this connection.
    ///   - habit: the spelling of the last valid request, which decides how a broken message is answered.
    init(_ text: [UInt8], number: Int64, habit: Spelling?) {
        let brokenID = habit == .documented ? number : -1
        var reader = JSONReader(text)
        do throws(JSONError) {
            let tree = try reader.readValue()
            try reader.finish()
            guard let object = tree.object else {
                throw JSONError.unexpected(tree, expected: "a request object", at: reader.position)
            }
            self.init(object, text, number: number, brokenID: brokenID, habit: habit, end: reader.position)
        } catch {
            self.init(habit ?? .numbered, brokenID, .failure(.json(error)))
        }
    }

    private init(_ spelling: Spelling, _ id: Int64, _ request: Result<SocketRequest, SocketRequestError>) {
        self.spelling = spelling
        self.id = id
        self.request = request
    }

    private init(
        _ object: JSONObject, _ text: [UInt8], number: Int64, brokenID: Int64, habit: Spelling?,
        end: JSONPosition
    ) {
        let ownID = object["id"]?.number?.integer(Int64.self)
        if object["method"] == nil, let method = SocketEnvelope.methods.first(where: { object[$0] != nil }) {
            self.init(
                .documented, ownID ?? number,
                SocketEnvelope.read(
                    method, object[method], parametersName: method, .documented, end: end))
        } else if object["method"] == nil, habit == .documented, ownID == nil,
            let name = object.entries.first?.key
        {
            self.init(.documented, number, SocketEnvelope.unknown(name, end))
        } else {
            self.init(numbered: object, text, ownID: ownID, brokenID: brokenID, end: end)
        }
    }

    private init(
        numbered object: JSONObject, _ text: [UInt8], ownID: Int64?, brokenID: Int64, end: JSONPosition
    ) {
        guard let id = ownID else {
            let error =
                object["id"] == nil
                ? JSONError(.missingField("id"), at: end) : SocketEnvelope.idMismatch(text)
            self.init(.numbered, brokenID, .failure(.json(error)))
            return
        }
        guard let method = object["method"] else {
            self.init(.numbered, id, .failure(.json(JSONError(.missingField("method"), at: end))))
            return
        }
        guard let name = method.string else {
            let error = JSONError.unexpected(method, expected: "a string", at: end)
            self.init(.numbered, id, .failure(.json(error)))
            return
        }
        guard SocketEnvelope.methods.contains(name) else {
            self.init(.numbered, id, SocketEnvelope.unknown(name, end))
            return
        }
        self.init(
            .numbered, id,
            SocketEnvelope.read(name, object["params"], parametersName: "params", .numbered, end: end))
    }

    private static func unknown(_ name: String, _ end: JSONPosition) -> Result<
        SocketRequest, SocketRequestError
    > {
        .failure(.json(JSONError(.unknownVariant(name, expected: documentedMethods), at: end)))
    }

    /// The error of an `id` that is no 64-bit integer, with its place.
    private static func idMismatch(_ text: [UInt8]) -> JSONError {
        var reader = JSONReader(text)
        do throws(JSONError) {
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if key == "id" { return reader.mismatch(expected: "i64") }
                try reader.skipValue()
            }
            return JSONError(.missingField("id"), at: reader.position)
        } catch {
            return error
        }
    }

    private static func read(
        _ method: String, _ parameters: JSONValue?, parametersName: String, _ spelling: Spelling,
        end: JSONPosition
    ) -> Result<SocketRequest, SocketRequestError> {
        do throws(SocketRequestError) {
            guard let parameters else { throw .json(JSONError(.missingField(parametersName), at: end)) }
            guard let fields = parameters.object else {
                throw .json(JSONError.unexpected(parameters, expected: "struct \(method)", at: end))
            }
            switch method {
            case "Authenticate":
                return .success(.authenticate(token: try string("token", in: fields, end)))
            case "SubscribeFlowRunEvents":
                let wish = try RunEventsWish(fields, at: end)
                let token: String? =
                    switch fields["token"] {
                    case nil, .null?: nil
                    default: try string("token", in: fields, end)
                    }
                return .success(.subscribeRunEvents(wish, token: token))
            case "Unsubscribe":
                let name = spelling.handleName
                guard let tree = fields[name] else { throw .json(JSONError(.missingField(name), at: end)) }
                return .success(.unsubscribe(try count(tree, end)))
            default:
                return .success(.subscribeSignatureRequests)
            }
        } catch {
            return .failure(error)
        }
    }

    fileprivate static func string(
        _ name: String, in fields: JSONObject, _ end: JSONPosition
    ) throws(SocketRequestError) -> String {
        guard let value = fields[name] else { throw .json(JSONError(.missingField(name), at: end)) }
        guard let text = value.string else {
            throw .json(JSONError.unexpected(value, expected: "a string", at: end))
        }
        return text
    }

    /// An integer from 0 that every client can write.
    fileprivate static func count(
        _ tree: JSONValue, _ end: JSONPosition
    ) throws(SocketRequestError) -> UInt64 {
        guard let count = tree.number?.integer(UInt64.self), count <= Limits.javaScriptIntegerMax else {
            throw .json(JSONError.unexpected(tree, expected: "an integer from 0 to 2^53 - 1", at: end))
        }
        return count
    }
}

extension RunEventsWish {
    fileprivate init(_ fields: JSONObject, at end: JSONPosition) throws(SocketEnvelope.SocketRequestError) {
        let text = try SocketEnvelope.string("flow_run_id", in: fields, end)
        guard let run = RunID(text) else { throw .badRunID(end) }
        self.run = run
        switch fields["after"] {
        case nil, .null?: after = nil
        case let tree?: after = try SocketEnvelope.count(tree, end)
        }
        switch fields["kinds"] {
        case nil, .null?: kinds = .all
        case let tree?: kinds = try RunEventsWish.kinds(tree, at: end)
        }
    }

    private static func kinds(
        _ tree: JSONValue, at end: JSONPosition
    ) throws(SocketEnvelope.SocketRequestError) -> RunEventKinds {
        guard let elements = tree.array else {
            throw .json(JSONError.unexpected(tree, expected: "an array of kinds of events", at: end))
        }
        var kinds = RunEventKinds([.flowFinished])
        for element in elements {
            guard let name = element.string else {
                throw .json(JSONError.unexpected(element, expected: "a string", at: end))
            }
            guard let kind = RunEventKind.allCases.first(where: { $0.name == name }) else {
                let names = RunEventKind.allCases.map(\.name)
                throw .json(JSONError(.unknownVariant(name, expected: names), at: end))
            }
            kinds.insert(kind)
        }
        return kinds
    }
}
