// The conversation of the second dialect, and its spelling of events.

internal import Dialect
internal import Engine
internal import Identity
internal import Primitives

/// Knows `watch RUN`, signed or said by somebody who is known.
struct LineSession: SocketSession {
    let book: LineBook
    let track: TrackID
    var caller: Caller?
    /// What is asked for, until it is known who asks.
    var asked = ""
    var count: UInt64 = 0

    mutating func received(_ message: SocketMessage) -> [SessionOrder] {
        guard case .text(let text) = message else { return [.close(code: 1003, reason: "lines-only")] }
        // ` #name.code` at the end of a line is its signature.
        let parts = String(decoding: text, as: UTF8.self).split(separator: " #", maxSplits: 1)
        asked = String(parts.first ?? "")
        guard parts.count == 2 else { return answer(asked) }
        return [.authenticate(.own(LineCredential(parts[1], signing: asked, book)))]
    }

    mutating func authenticated(_ result: AuthenticationResult) -> [SessionOrder] {
        switch result {
        case .caller(let caller):
            self.caller = caller
            return answer(asked)
        case .refused(let error): return say("refused \(LineWords.word(.caller(error)))")
        case .unavailable: return say("refused \(LineWords.word(.storage(.unavailable)))")
        }
    }

    private func answer(_ line: String) -> [SessionOrder] {
        guard let principal = caller?.principal else { return say("refused unsigned") }
        let words = line.split(separator: " ")
        guard words.count == 2, words[0] == "watch", let run = RunID(words[1]) else {
            return say("refused not-understood")
        }
        return [.call(.watch(run, principals: [principal]))]
    }

    mutating func replied(_ reply: EngineReply) -> [SessionOrder] {
        switch reply {
        case .watching(let feed):
            count += 1
            return say("watching") + [
                .subscribe(
                    SubscriptionOrder(number: count, feed: feed, track: track, prefix: Array("> ".utf8)))
            ]
        case .refused(let error): return say("refused \(LineWords.word(.engine(error)))")
        default: preconditionFailure("the engine answers what it was asked")
        }
    }

    private func say(_ line: String) -> [SessionOrder] { [.send(Array(line.utf8))] }
    mutating func identityEnded(_ user: UserID) { caller = nil }
    mutating func subscriptionEnded(_ number: UInt64) {}
}

/// `SEQUENCE TIME KIND`, and the node if there is one.
struct LineTrack: EventTrack {
    let tail: [UInt8]? = Array("no more".utf8)

    func encode(_ events: ArraySlice<RunEvent>, of run: RunID) -> [TrackMessage] {
        events.map { event in
            let node =
                switch event.content {
                case .nodeStarted(let start): " \(start.execution.node)"
                case .nodeFinished(let end): " \(end.execution.node)"
                default: ""
                }
            let line = "\(event.sequence) \(event.time.text) \(event.content.kind)\(node)"
            return TrackMessage(event.content.kind, Array(line.utf8))
        }
    }
}
