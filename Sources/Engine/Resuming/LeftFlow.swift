// The flow of runs that were left behind.

internal import Primitives

/// What has become of the flow of runs that were left behind.
enum LeftFlow: Sendable {
    case runs(CompiledFlow)
    /// It cannot run on this server; these are its nodes, as far as they can be read.
    case runsNoMore([NodeID])

    init(_ document: [UInt8], _ compiler: any FlowCompiler) {
        do throws(GraphProblems) {
            self = .runs(try compiler.compile(document))
        } catch {
            self = .runsNoMore(compiler.nodes(of: document))
        }
    }
}
