// The journal of storage in memory.

import Engine
import Primitives
import Synchronization

extension MemoryStorage {
    public func append(_ entries: [JournalEntry]) {
        let isHeld = state.withLock { state in
            if state.isHolding { state.held += entries }
            return state.isHolding
        }
        if !isHeld { commit(entries) }
    }

    public var pressure: JournalPressure { state.withLock { $0.pressure } }

    public func addListener(
        lane: Int, of laneCount: Int, _ listener: @escaping @Sendable ([JournalNotice]) -> Void
    ) {
        state.withLock { $0.listeners[lane] = (laneCount, listener) }
    }

    func commit(_ entries: [JournalEntry]) {
        var durable: [RunID: UInt64] = [:]
        var refused: [RunID: JournalRefusal] = [:]
        let listeners = state.withLock { state in
            for entry in entries {
                switch entry {
                case .created(let record):
                    if let refusal = state.refusal {
                        refused[record.id] = refusal
                        continue
                    }
                    state.records[record.id] = record
                    state.keep(record.snapshot)
                    durable[record.id] = 0
                case .event(let run, _, let event):
                    if state.refusal != nil, state.records[run] == nil { continue }
                    precondition(state.records[run] != nil, "a run is created before it has events")
                    precondition(event.sequence == UInt64(state.events[run, default: []].count + 1), "no gap")
                    state.events[run, default: []].append(event.stored)
                    durable[run] = event.sequence
                }
            }
            return state.listeners
        }
        for bell in state.withLock({ $0.bells }) { bell.yield() }
        for (lane, listener) in listeners {
            let notices = durable.filter { $0.key.lane(of: listener.count) == lane }
            if !notices.isEmpty { listener.tell(notices.map { .durable($0.key, through: $0.value) }) }
            let refusals = refused.filter { $0.key.lane(of: listener.count) == lane }
            if !refusals.isEmpty { listener.tell(refusals.map { .refused($0.key, $0.value) }) }
        }
    }
}
