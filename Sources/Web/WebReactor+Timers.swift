// What happens to a connection when one of its times is over.

internal import Dialect
internal import Net
internal import Primitives
internal import Wire

extension WebReactor {
    func timeIsOver(_ client: ClientConnection, _ purpose: ClientTimer, on loop: inout LoopContext) {
        switch purpose {
        case .stall: close(client, on: &loop)
        case .open: openSubscriptions(client, on: &loop)
        case .ping where client.exchange?.stream != nil: beat(client, on: &loop)
        case .ping: ping(client, on: &loop)
        case .confirm:
            confirmAgain(client, on: &loop)
            advance(client, on: &loop)
        // The reader of a stream may be silent.
        case .idle where client.exchange?.stream != nil: break
        case .idle:
            if case .socket(let conversation) = client.phase {
                return strangerIsOver(client, conversation, on: &loop)
            }
            guard case .http(let decoder) = client.phase, client.takesBytes else {
                return close(client, on: &loop)
            }
            // Nobody waits for this client to send more. Its answers are on their way, and it may read as slowly as others.
            guard !client.isHalfClosed else {
                return loop.setTimer(
                    ClientTimer.idle.key(client.id.token), milliseconds: Limits.halfClosedMillisecondsMax)
            }
            guard !decoder.isBetweenRequests else { return close(client, on: &loop) }
            refuseUnread(client, .late, of: decoder.unfinished)
        }
    }
}
