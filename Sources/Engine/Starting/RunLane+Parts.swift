// Starts of a part of a flow: what earlier runs put out stands in for the rest (spec flow-engine 12).

internal import Primitives
internal import Values

extension RunLane {
    func findOutputs(_ partial: PartialConfig, _ graph: FlowGraph, for run: RunID) {
        guard let owner = starts.preparations[run]?.owner else { return }
        let wanted = graph.sources(of: partial).compactMap { node in
            partial.run(of: node).map { (run: $0, node: node) }
        }
        let mailbox = mailbox
        context.ports.catalog.outputs(of: wanted, owner: owner) { result in
            mailbox.postReply(.starting(.outputsFound(run, result)))
        }
    }

    func outputsFound(_ run: RunID, _ result: Result<[StoredOutput], StorageError>) {
        guard let preparation = starts.preparations[run], case .start(let request, _) = preparation.purpose,
            let partial = request.partial,
            let graph = preparation.entry.flatMap({ preparation.flows[$0] })?.flow.graph
        else { return }
        switch result {
        case .failure(let error): refuse(run, .storage(error))
        case .success(let found):
            var stored: [NodeID: [ValueMap]] = [:]
            for output in found.sorted(by: { $0.times < $1.times }) {
                stored[output.node, default: []].append(output.outputs)
            }
            let mailbox = mailbox
            let outputs = stored
            let isTaken = context.pool.submit {
                let result = Result { () throws(GraphProblems) in
                    try graph.selecting(partial, stored: outputs)
                }
                mailbox.postReply(.starting(.partSelected(run, result)))
            }
            if !isTaken { refuse(run, .busy(retryAfterSeconds: 1)) }
        }
    }

    func partSelected(_ run: RunID, _ result: Result<GraphSelection, GraphProblems>) {
        guard starts.preparations[run] != nil else { return }
        switch result {
        case .failure(let problems): refuse(run, .invalidFlow(problems))
        case .success(let selection):
            starts.preparations[run]?.selection = selection
            proceed(run)
        }
    }
}
