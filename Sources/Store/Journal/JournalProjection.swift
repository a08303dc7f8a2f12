// What a batch of journal rows changes in the tables of runs and of node executions. Pure.

internal import Engine
internal import Primitives

/// The rows of one transaction, sorted by table. Several changes of one run or execution within the batch are
/// one row here.
struct ProjectedBatch {
    /// A row of `flow_run` to insert, or the changes of one.
    struct Head {
        let run: RunID
        let owner: UserID
        /// The run itself, if it is created in this batch.
        var creation: RunRow?
        var status: RunStatus?
        var startTime: Timestamp?
        /// When the run was paused, if the status of this batch is that it is.
        var pausedAt: Timestamp?
        var endTime: Timestamp?
        var output: [UInt8]?
        var errors: [String] = []
        var notRun: [NodeID]?
    }

    /// A row of `node_run` to insert, or the changes of one.
    struct Node {
        let run: RunID
        let owner: UserID
        let execution: NodeExecution
        var startTime: Timestamp?
        var endTime: Timestamp?
        var input: [UInt8]?
        var output: [UInt8]?
        var errors: [String] = []
    }

    var events: [(run: RunID, sequence: UInt64, row: EventRow)] = []
    var logs: [(run: RunID, owner: UserID, sequence: UInt64, row: LogRow)] = []
    fileprivate(set) var heads: [Head] = []
    fileprivate(set) var nodes: [Node] = []
}

/// Keeps what later batches need of earlier ones: the outputs of executions that are still open, since an
/// execution may put out several times and its row holds all of them.
struct JournalProjection {
    private struct Key: Hashable {
        let run: RunID
        let execution: NodeExecution
    }

    /// The ports put out so far, by name, in the order of their first appearance. Names are in quotes.
    private struct Ports {
        private(set) var order: [[UInt8]] = []
        private var values: [[UInt8]: [UInt8]] = [:]

        mutating func set(_ name: [UInt8], _ value: [UInt8]) {
            if values.updateValue(value, forKey: name) == nil { order.append(name) }
        }

        var taggedJSON: [UInt8] {
            var bytes = Array(#"{"M":{"#.utf8)
            for (index, name) in order.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes.append(contentsOf: name)
                bytes.append(UInt8(ascii: ":"))
                bytes.append(contentsOf: values[name] ?? [])
            }
            bytes.append(contentsOf: "}}".utf8)
            return bytes
        }
    }

    private var open: [RunID: [NodeExecution: Ports]] = [:]

    /// Executions with an output and without an end.
    var openCount: Int { open.values.reduce(0) { $0 + $1.count } }

    /// Sorts rows into tables. The projection afterwards belongs to the batch: keep it only if the batch becomes
    /// durable, so that a batch that is sent again gives the same rows.
    @discardableResult
    mutating func project(_ rows: some Sequence<JournalRow>)
        -> ProjectedBatch
    {
        var batch = ProjectedBatch()
        var heads: [RunID: Int] = [:]
        var nodes: [Key: Int] = [:]
        for row in rows {
            switch row.content {
            case .run(let creation):
                changeHead(of: row, &batch, &heads) { head in
                    head.creation = creation
                    head.status = .starting
                }
            case .log(let log):
                batch.logs.append((row.run, row.owner, row.sequence, log))
            case .event(let event):
                batch.events.append((row.run, row.sequence, event))
                project(event, of: row, &batch, &heads, &nodes)
            }
        }
        return batch
    }

    private mutating func project(
        _ event: EventRow, of row: JournalRow, _ batch: inout ProjectedBatch, _ heads: inout [RunID: Int],
        _ nodes: inout [Key: Int]
    ) {
        switch event.effect {
        case .nothing, .line: break
        case .runIs(let status):
            changeHead(of: row, &batch, &heads) { head in
                head.status = status
                if status == .running, head.startTime == nil { head.startTime = event.time }
                head.pausedAt = status == .paused ? head.pausedAt ?? event.time : nil
            }
        case .runFailed(let error):
            changeHead(of: row, &batch, &heads) { $0.errors.append(error) }
        case .runEnded(let notRun, let output, let status):
            changeHead(of: row, &batch, &heads) { head in
                head.status = status
                head.pausedAt = nil
                head.endTime = event.time
                head.output = Array(event.data[output.range])
                head.notRun = notRun
            }
            open[row.run] = nil
        case .executionStarted(let execution, let input):
            changeNode(execution, of: row, &batch, &nodes) { node in
                node.startTime = event.time
                node.input = Array(event.data[input.range])
            }
        case .executionGave(let execution, let output):
            var all = open[row.run]?[execution] ?? Ports()
            for port in output.ports { all.set(Array(event.data[port.name]), Array(event.data[port.value])) }
            open[row.run, default: [:]][execution] = all
            changeNode(execution, of: row, &batch, &nodes) { $0.output = all.taggedJSON }
        case .executionFailed(let execution, let error):
            changeNode(execution, of: row, &batch, &nodes) { $0.errors.append(error) }
        case .executionEnded(let execution):
            changeNode(execution, of: row, &batch, &nodes) { $0.endTime = event.time }
            open[row.run]?[execution] = nil
            if open[row.run]?.isEmpty == true { open[row.run] = nil }
        }
    }

    private func changeHead(
        of row: JournalRow, _ batch: inout ProjectedBatch, _ heads: inout [RunID: Int],
        _ change: (inout ProjectedBatch.Head) -> Void
    ) {
        let index = heads[row.run] ?? batch.heads.count
        if index == batch.heads.count {
            batch.heads.append(ProjectedBatch.Head(run: row.run, owner: row.owner))
            heads[row.run] = index
        }
        change(&batch.heads[index])
    }

    private func changeNode(
        _ execution: NodeExecution, of row: JournalRow, _ batch: inout ProjectedBatch,
        _ nodes: inout [Key: Int],
        _ change: (inout ProjectedBatch.Node) -> Void
    ) {
        let key = Key(run: row.run, execution: execution)
        let index = nodes[key] ?? batch.nodes.count
        if index == batch.nodes.count {
            batch.nodes.append(ProjectedBatch.Node(run: row.run, owner: row.owner, execution: execution))
            nodes[key] = index
        }
        change(&batch.nodes[index])
    }
}
