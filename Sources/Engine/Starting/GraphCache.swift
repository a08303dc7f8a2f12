// Flows that were compiled lately, so that a start needs no document. Shared by the lanes.

internal import Primitives
internal import Synchronization

/// The last `Limits.compiledFlowsMax` compiled flows by what they were compiled from. Holds no permission: those are
/// read from storage at every start.
final class GraphCache: Sendable {
    /// Where a document lies.
    enum Source: Hashable, Sendable {
        /// In a flow's row, where it changes from version to version.
        case flow(FlowID)
        /// Among the frozen ones, by its hash. It never changes; its version is 0.
        case snapshot([UInt8])
    }

    private struct Entry {
        let version: Int64
        let flow: CompiledFlow
        let use: Use
    }

    /// When an entry was last used. By reference, so that a use does not write the entry anew.
    private final class Use {
        var last: UInt64

        init(_ last: UInt64) { self.last = last }
    }

    private struct State {
        var entries: [Source: Entry] = [:]
        var uses: UInt64 = 0
    }

    private let state = Mutex(State())

    /// The newest known version of a flow.
    func version(of flow: FlowID) -> Int64? {
        state.withLock { $0.entries[.flow(flow)]?.version }
    }

    /// The flow of exactly this version.
    func flow(_ source: Source, version: Int64 = 0) -> CompiledFlow? {
        state.withLock { state in
            guard let entry = state.entries[source], entry.version == version else { return nil }
            state.uses += 1
            entry.use.last = state.uses
            return entry.flow
        }
    }

    func keep(_ flow: CompiledFlow, _ source: Source, version: Int64 = 0) {
        state.withLock { state in
            state.uses += 1
            if state.entries[source] == nil, state.entries.count >= Limits.compiledFlowsMax,
                let oldest = state.entries.min(by: { $0.value.use.last < $1.value.use.last })
            {
                state.entries[oldest.key] = nil
            }
            state.entries[source] = Entry(version: version, flow: flow, use: Use(state.uses))
        }
    }
}
