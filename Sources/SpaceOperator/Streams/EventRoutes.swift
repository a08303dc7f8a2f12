// The routes on which the events of a run are an answer.

internal import Dialect
internal import Engine
internal import Identity
internal import Primitives
internal import Wire

/// Streams of runs for clients without a socket.
struct EventRoutes {
    let tracks: SpaceOperatorTracks

    var all: [Route] { [Route(.get, "/flow/events/{id}", handle: events)] }

    private func events(_ request: RouteRequest) -> RouteStep {
        .withRun(request) { run in
            .checked { () throws(BodyError) in
                let after = try EventRoutes.place(of: request.request)
                return .authenticate(EventRoutes.credential) { result in
                    result.then { caller in
                        .call(.watch(run, principals: [caller.principal].compactMap(\.self))) { reply in
                            guard case .watching(let feed) = reply else { return .respond(.refusal(reply)) }
                            return .stream(tracks.stream(of: feed, StreamForm(request.request), after: after))
                        }
                    }
                }
            }
        }
    }

    /// Browsers cannot send a header with an `EventSource`, so the credential may stand in the query, as on a socket.
    private static let credential = CredentialReader { request in
        if let token = request.target.query("token") { return .token(token) }
        return .headers(CredentialHeaders(request), accepting: .userOrRun)
    }

    /// The place of the last event that the client has seen: a browser that comes back sends it as a header.
    private static func place(of request: HTTPRequest) throws(BodyError) -> UInt64 {
        for (name, text) in [
            ("Last-Event-ID", request.headers["last-event-id"]), ("after", request.target.query("after")),
        ] {
            guard let text, !text.isEmpty else { continue }
            guard let place = UInt64(text), place < UInt64(Int64.max) else {
                throw .field(name, rule: "expected the number of an event")
            }
            return place
        }
        return 0
    }
}

/// Whether the answer to a start is the stream of its run.
enum Following {
    /// - Throws: when `follow` is there and says neither yes nor no.
    static func isWanted(by request: HTTPRequest) throws(BodyError) -> Bool {
        switch request.target.query("follow") {
        case nil, "false", "0": return false
        case "", "true", "1": return true
        default: throw .field("follow", rule: "expected true or false, or nothing")
        }
    }
}

extension SpaceOperatorTracks {
    /// The answer that gives a run's events.
    ///
    /// - Parameter headers: fields beside those that every stream has.
    func stream(
        of feed: RunFeed, _ form: StreamForm, after place: UInt64 = 0, headers: HTTPHeaders = [:]
    ) -> EventStream {
        var fields: HTTPHeaders = [
            "Content-Type": form.contentType, "Cache-Control": "no-store", "X-Accel-Buffering": "no",
        ]
        for field in headers.fields { fields.add(field.name, field.value) }
        return EventStream(
            headers: fields,
            order: SubscriptionOrder(
                number: 0, feed: feed, track: self[form], after: place, prefix: [],
                placing: StreamTrack.placing(form)),
            opening: form.opening, heartbeat: form.heartbeat, farewell: form.farewell)
    }
}
