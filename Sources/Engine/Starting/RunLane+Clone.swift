// Copies of a flow and the flows that it runs, for a user who may see them: gathered like a start, then rewritten and
// written down.

internal import Primitives

extension RunLane {
    /// Copies the flows, now that everything is there. In copies of somebody else's flow the user's belongings take the
    /// place of the owner's.
    func clone(_ ticket: RunID, _ preparation: Preparation) {
        guard case .clone(let user, _) = preparation.purpose else { return }
        guard preparation.owner != user, preparation.hasBelongings else { return write(ticket, nil) }
        let mailbox = mailbox
        context.ports.belongings.replacements(for: user) {
            mailbox.postReply(.starting(.replacementsFound(ticket, $0)))
        }
    }

    func replacementsFound(
        _ ticket: RunID, _ result: Result<(any BelongingReplacements)?, StorageError>
    ) {
        switch result {
        case .failure(let error): refuse(ticket, .storage(error))
        case .success(nil): refuse(ticket, .noBelongings)
        case .success(let replacements?): write(ticket, replacements)
        }
    }

    private func write(_ ticket: RunID, _ replacements: (any BelongingReplacements)?) {
        guard let preparation = starts.preparations.removeValue(forKey: ticket),
            case .clone(let user, let reply) = preparation.purpose,
            let entry = preparation.entry.flatMap({ preparation.flows[$0] })
        else { return }
        var uuids: [Int32: UniqueID] = [:]
        for member in preparation.flows.members { uuids[member.number] = .random() }
        guard let copy = uuids[entry.number] else { return }
        let copies = uuids
        let ports = context.ports
        let mailbox = mailbox
        let isTaken = context.pool.submit {
            do throws(GraphProblems) {
                let draft = try preparation.copies(
                    uuids: copies, replacements, ports.rewriter, for: user)
                ports.copies.store(draft) { result in
                    switch result {
                    case .failure(let error): reply(.refused(.storage(error)))
                    case .success(false): mailbox.postReply(.starting(.gatheredInVain(ticket, preparation)))
                    case .success(true):
                        let all = preparation.flows.uuids.compactMap { uuid, number in
                            copies[number].map { (uuid, $0) }
                        }
                        reply(.cloned(copy, all: Dictionary(uniqueKeysWithValues: all)))
                    }
                }
            } catch {
                reply(.refused(.invalidFlow(error)))
            }
        }
        if !isTaken { reply(.refused(.busy(retryAfterSeconds: 1))) }
    }
}

extension Preparation {
    fileprivate func copies(
        uuids: [Int32: UniqueID], _ replacements: (any BelongingReplacements)?,
        _ rewriter: any FlowRewriter, for user: UserID
    ) throws(GraphProblems) -> FlowCopyDraft {
        var copies: [FlowCopyDraft.Flow] = []
        for member in flows.members {
            let graph = member.flow.graph
            guard let uuid = uuids[member.number], let document = documents[member.number] else { continue }
            var nested: [FlowID: UniqueID] = [:]
            for name in graph.nestedFlows { nested[name] = flows[name].flatMap { uuids[$0.number] } }
            copies.append(
                FlowCopyDraft.Flow(
                    number: member.number, version: member.version, uuid: uuid,
                    content: try rewriter.rewrite(
                        document, graph, FlowReferences(flows: nested, belongings: replacements))))
        }
        return FlowCopyDraft(owner: user, flows: copies)
    }
}
