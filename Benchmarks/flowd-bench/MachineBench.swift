// What the run machine alone can do: no threads, no journal, no sockets; the work of nodes is nothing. Main thread.

internal import Documents
internal import Engine
internal import Glibc
internal import Nodes
internal import Primitives
internal import Values

/// Measures machines, and the building of graphs, at sizes that grow by ten.
enum MachineBench {
    private static let sizes = [1_000, 10_000, 100_000]
    /// Executions that are measured at each size at the least.
    private static let executionsMin = 400_000
    private static let lonelyRuns = 50_000

    static func measureAll() throws(BenchError) {
        Terminal.say(Machine.briefDescription)
        var table = Table(
            "Executions through the run machine on one core, from the first fact to the last event; processor time",
            ["flow", "size", "executions", "ns each", "per second", "growth"])
        for shape in MachineShape.allCases {
            var smallest: Double?
            for size in sizes {
                let figure = try measure(shape, size)
                let first = smallest ?? figure.nanoseconds
                smallest = first
                table.add([
                    shape.title, Text.grouped(size), Text.grouped(figure.executions),
                    Text.fixed(figure.nanoseconds, digits: 1), Text.grouped(Int(1e9 / figure.nanoseconds)),
                    Text.fixed(figure.nanoseconds / first, digits: 2),
                ])
            }
        }
        Terminal.say(table.text)

        var lonely = Table("Runs that do next to nothing, machine only", ["flow", "runs", "us each"])
        lonely.add(["no node", Text.grouped(lonelyRuns), try lonelyRun(nodes: 0)])
        lonely.add(["one node", Text.grouped(lonelyRuns), try lonelyRun(nodes: 1)])
        Terminal.say(lonely.text)

        var building = Table(
            "Reading, checking and building a stored document",
            ["nodes", "MiB of JSON", "ms", "us per node", "growth"])
        var smallest: Double?
        for size in sizes {
            let figure = try build(size)
            let each = figure.nanoseconds / 1_000 / Double(size)
            let first = smallest ?? each
            smallest = first
            building.add([
                Text.grouped(size), Text.fixed(Double(figure.documentBytes) / 1_048_576, digits: 2),
                Text.fixed(figure.nanoseconds / 1e6, digits: 2), Text.fixed(each, digits: 2),
                Text.fixed(each / first, digits: 2),
            ])
        }
        Terminal.say(building.text)
    }

    /// One row of the table of memory: what a run takes at the most, its events not kept. Each in a process of its own,
    /// as what an allocator keeps of one measurement hides what the next one takes.
    static func measureMemory(_ shapeName: String, size: Int) throws(BenchError) {
        guard let shape = MachineShape(rawValue: shapeName), size > 2 else {
            throw .usage("no such flow for a measurement of memory")
        }
        let graph = try graph(shape, size)
        // The peak counts from here on.
        SystemFile.write("5", to: "/proc/self/clear_refs")
        let before = ProcessTable.residentBytes
        let executions = play(graph)
        let bytes = max(0, ProcessTable.peakBytes(of: getpid()) - before) / executions
        Terminal.say(
            "| \(shape.title) | \(Text.grouped(size)) | \(Text.grouped(executions)) | \(Text.grouped(bytes)) |"
        )
    }

    // MARK: Runs

    private static func measure(
        _ shape: MachineShape, _ size: Int
    ) throws(BenchError) -> (executions: Int, nanoseconds: Double) {
        let graph = try graph(shape, size)
        let executions = play(graph)
        var times: [Double] = []
        for _ in 0..<max(3, executionsMin / executions) {
            let before = ProcessTable.ownNanoseconds
            guard play(graph) == executions else { throw .wrong("two runs of one flow differ") }
            times.append(Double(ProcessTable.ownNanoseconds - before) / Double(executions))
        }
        return (executions, times.sorted()[times.count / 2])
    }

    private static func lonelyRun(nodes: Int) throws(BenchError) -> String {
        let graph = nodes == 0 ? try emptyGraph() : try graph(.line, nodes)
        var count = 0
        let before = ProcessTable.ownNanoseconds
        for _ in 0..<lonelyRuns { count += play(graph) }
        let nanoseconds = Double(ProcessTable.ownNanoseconds - before) / Double(lonelyRuns)
        guard count == nodes * lonelyRuns else { throw .wrong("a short run did not do what it must") }
        return Text.fixed(nanoseconds / 1_000, digits: 2)
    }

    /// Plays one run: everything that is ordered is done at once and told as one batch. Gives the executions.
    private static func play(_ graph: FlowGraph) -> Int {
        var machine = RunMachine(graph: graph, inputs: ValueMap())
        var moment: Int64 = 1
        var executions = 0
        var facts = [RunFact(.started, at: Timestamp(nanoseconds: moment))]
        while !machine.hasEnded {
            let step = machine.apply(facts, at: Timestamp(nanoseconds: moment))
            facts.removeAll(keepingCapacity: true)
            for order in step.orders {
                guard case .startNode(let node, let times, let inputs) = order else { continue }
                executions += 1
                moment += 1
                let call = NodeCall(
                    run: RunID(.zero), execution: NodeExecution(node: graph.nodes[node].id, times: times),
                    inputs: inputs)
                guard case .done(let outcome) = graph.nodes[node].work(call) else { continue }
                facts.append(
                    RunFact(
                        .nodeEnded(node: node, times: times, outcome), at: Timestamp(nanoseconds: moment)))
            }
        }
        return executions
    }

    private static func graph(_ shape: MachineShape, _ size: Int) throws(BenchError) -> FlowGraph {
        do throws(GraphProblems) { return try shape.graph(size: size) } catch { throw .wrong("\(error)") }
    }

    private static func emptyGraph() throws(BenchError) -> FlowGraph {
        do throws(GraphProblems) { return try FlowGraph(nodes: [], edges: []) } catch {
            throw .wrong("\(error)")
        }
    }

    // MARK: Documents

    private static func build(
        _ size: Int
    ) throws(BenchError) -> (documentBytes: Int, nanoseconds: Double) {
        let document = LineDocument.bytes(nodes: size)
        var times: [Double] = []
        for _ in 0..<max(3, 20_000 / size) {
            let before = ProcessTable.ownNanoseconds
            try compile(document, nodes: size)
            times.append(Double(ProcessTable.ownNanoseconds - before))
        }
        return (document.count, times.sorted()[times.count / 2])
    }

    private static func compile(_ document: [UInt8], nodes: Int) throws(BenchError) {
        let compiler = FlowDocumentCompiler(registry: NodeLibrary.registry(), digest: { _ in [] })
        var count = 0
        do throws(GraphProblems) { count = try compiler.compile(document).graph.nodes.count } catch {
            throw .wrong("\(error)")
        }
        guard count == nodes else { throw .wrong("nodes are missing") }
    }
}
