// What other servers have written down: told by notifications, and looked for now and then.

internal import Engine
internal import Net
internal import Postgres
internal import Primitives

extension StorageReactor {
    /// Nobody can be sure of being told everything, so it is looked for now and then, and often while nobody can tell.
    func lookAtOthers(on loop: inout LoopContext) {
        loop.setTimer(
            .remoteLook,
            milliseconds: listening.isListening
                ? Limits.remoteLookMilliseconds : Limits.remoteLookUntoldMilliseconds)
        if !sessions.reads.isAway { news.tell(.anythingHappened) }
    }

    func handle(_ events: [ListeningSession.Event], on loop: inout LoopContext) {
        for event in events {
            switch event {
            case .ready(let isBack):
                if isBack { tellBack("listening", on: &loop) }
                lookAtOthers(on: &loop)
            case .heard(let notices, let unknownCount):
                for notice in notices { notice.news(at: housekeeping.server).map(news.tell) }
                if unknownCount > 0 {
                    log.warning(
                        "storage", "notifications that no server sends were ignored",
                        LogField("count", unknownCount))
                }
            case .lost(let error, let isNew):
                lookAtOthers(on: &loop)
                guard isNew else { continue }
                log.error(
                    "storage", "connection lost", LogField("role", "listening"),
                    LogField("reason", error.debugDescription))
            }
        }
    }
}
