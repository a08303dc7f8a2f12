// Flows that were compiled lately, so that a start needs no document. Shared by the lanes.

internal import Primitives
internal import Synchronization

/// The last `Limits.compiledFlowsMax` compiled flows by name and version. Holds no permission: those are read from
/// storage at every start.
final class GraphCache: Sendable {
    private struct Entry {
        let version: Int64
        let flow: CompiledFlow
        var used: UInt64
    }

    private struct State {
        var entries: [FlowID: Entry] = [:]
        var uses: UInt64 = 0
    }

    private let state = Mutex(State())

    /// The newest known version of a flow.
    func version(of id: FlowID) -> Int64? {
        state.withLock { $0.entries[id]?.version }
    }

    /// The flow of exactly this version.
    func flow(_ id: FlowID, version: Int64) -> CompiledFlow? {
        state.withLock { state in
            guard let entry = state.entries[id], entry.version == version else { return nil }
            state.uses += 1
            state.entries[id]?.used = state.uses
            return entry.flow
        }
    }

    func keep(_ flow: CompiledFlow, _ id: FlowID, version: Int64) {
        state.withLock { state in
            state.uses += 1
            if state.entries[id] == nil, state.entries.count >= Limits.compiledFlowsMax,
                let oldest = state.entries.min(by: { $0.value.used < $1.value.used })
            {
                state.entries[oldest.key] = nil
            }
            state.entries[id] = Entry(version: version, flow: flow, used: state.uses)
        }
    }
}
