// What storage keeps of values: as much as may be seen of them.

import Chain
import Engine
import Values

extension RunEvent {
    /// The event as it is read back. Outputs that hold secrets are marked, as what is kept in their place is not them.
    var stored: RunEvent {
        let stored: Content =
            switch content {
            case .nodeStarted(let start): .nodeStarted(start.execution, input: start.input.seen)
            case .nodeOutput(let given): .nodeOutput(given.execution, output: given.output.marked)
            case .flowFinished(let end):
                .flowFinished(notRun: end.notRun, output: end.output.marked, status: end.status)
            default: content
            }
        return RunEvent(sequence: sequence, time: time, content: stored)
    }

    /// The event without the text of a log line.
    var withoutText: RunEvent {
        let bare: Content =
            switch content {
            case .flowLogged(let log): .flowLogged(RunLogLine(level: log.line.level, content: ""))
            case .nodeLogged(let log):
                .nodeLogged(log.execution, RunLogLine(level: log.line.level, content: ""))
            default: content
            }
        return RunEvent(sequence: sequence, time: time, content: bare)
    }
}

extension RunRecord {
    /// The record as it is read back for a run that was left behind: without the document, and of a part of a flow only
    /// that it is one.
    var left: RunRecord {
        RunRecord(
            id: id, owner: owner, startedBy: startedBy, startedKey: startedKey, flow: flow,
            deployment: deployment, snapshot: FlowSnapshot(hash: snapshot.hash, document: []),
            inputs: inputs.seen, environment: environment, terms: terms.chain.stored, bundling: bundling,
            origin: origin, depth: depth, collectsActs: collectsActs,
            partial: partial.map { _ in PartialConfig(onlyNodes: [], runs: [:], defaultRun: nil) },
            resumesOnCrash: resumesOnCrash, sharedWith: sharedWith, createdAt: createdAt)
    }
}

extension ChainTerms {
    /// The terms without what is found anew at each start.
    fileprivate var stored: ChainTerms { ChainTerms(network: network, fees: fees, action: action) }
}

extension ValueMap {
    /// What may be seen of the values.
    var seen: ValueMap {
        guard holdsSecret else { return self }
        return ValueMap(entries.map { ($0.key, $0.value.concealed) })
    }

    /// What may be seen, where it is not all, as a secret that nobody knows.
    fileprivate var marked: ValueMap {
        guard holdsSecret else { return self }
        return ValueMap(entries.map { ($0.key, $0.value.holdsSecret ? $0.value.unknown : $0.value) })
    }
}

extension Value {
    /// What may be seen, as a secret that nobody knows any more.
    var unknown: Value { .secret(SecretValue(.null, shownAs: concealed)) }
}
