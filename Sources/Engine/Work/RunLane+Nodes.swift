// What nodes say while they run, and what a lane does for those that ask for something.

internal import Primitives
internal import Values

extension RunLane {
    func receive(_ message: NodeMessage) {
        switch message {
        case .ended(let run, let slot, let outcome, let time): end(slot, of: run, outcome, at: time)
        case .waits(let run, let slot, let wait): begin(wait, of: slot, in: run)
        case .logged(let run, let slot, let line, let time):
            add(.nodeLogged(node: slot.node, times: slot.times, line), to: run, at: time)
        case .parcelEnded(let run, let number, let result, let time):
            add(.parcelEnded(number, result), to: run, at: time)
        case .parcelBuilt(let run, let result, let time):
            add(.parcelBuilt(result), to: run, at: time)
        }
    }
}
