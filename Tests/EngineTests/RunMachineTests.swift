import Primitives
import TestKit
import Testing
import Values

@testable import Engine

private func strings(_ texts: String...) -> Value { .array(texts.map { .string($0) }) }

private func output(_ sketch: GraphSketch) throws -> String {
    var driver = MachineDriver(try sketch.graph())
    driver.runToTheEnd()
    return GraphSketch.text(.map(try #require(driver.result).output))
}

@Suite struct `A run machine` {
    @Test func `starts all ready nodes of a round before it reports what they produced`() throws {
        var sketch = GraphSketch()
        sketch.constant("x", .u64(1))
        sketch.constant("y", .u64(2))
        sketch.join("m", [InputPort("a"), InputPort("b")])
        sketch.connect("x.out -> m.a")
        sketch.connect("y.out -> m.b")
        var driver = MachineDriver(try sketch.graph())
        driver.runToTheEnd()
        #expect(
            driver.lines == [
                "flow start", "start x#0 {}", "start y#0 {}", "output x#0 {out: 1}", "finish x#0",
                "output y#0 {out: 2}", "finish y#0", "start m#0 {a: 1, b: 2}", "output m#0 {out: 1+2}",
                "finish m#0", "flow finish not_run=[] output={}",
            ])
    }

    @Test func `numbers its events without a gap and never goes back in time`() throws {
        var sketch = GraphSketch()
        sketch.constant("x", strings("a", "b", "c"))
        sketch.foreach("f")
        sketch.join("m", [InputPort("a")])
        sketch.connect("x.out -> f.array")
        sketch.connect("f.element -> m.a")
        var driver = MachineDriver(try sketch.graph())
        driver.runToTheEnd()
        #expect(driver.events.map(\.sequence) == (1...UInt64(driver.events.count)).map { $0 })
        for (event, next) in zip(driver.events, driver.events.dropFirst()) {
            // The last output and the end of an execution are one moment.
            #expect(event.isFollowedBy(next) ? event.time == next.time : event.time < next.time)
        }
    }

    @Test func `an empty graph begins and ends`() throws {
        var driver = MachineDriver(try GraphSketch().graph())
        driver.runToTheEnd()
        #expect(driver.lines == ["flow start", "flow finish not_run=[] output={}"])
    }

    @Test func `inner elements meet their outer element, which stays for all of them`() throws {
        var sketch = GraphSketch()
        sketch.constant("x", .array([strings("a", "b"), strings("c"), .array([]), strings("d")]))
        sketch.foreach("f")
        sketch.foreach("g")
        sketch.join("m", [InputPort("outer"), InputPort("inner")])
        sketch.collect("k")
        sketch.output("o")
        sketch.connect("x.out -> f.array")
        sketch.connect("f.element -> g.array")
        sketch.connect("f.index -> m.outer")
        sketch.connect("g.element -> m.inner")
        sketch.connect("m.out -> k.element")
        sketch.connect("k.array -> o.o")
        #expect(try output(sketch) == "{o: [0+a, 0+b, 1+c, 3+d]}")
    }

    @Test func `a failed element keeps its place, so that later ones meet their own partners`() throws {
        var sketch = GraphSketch()
        sketch.constant("x", strings("a", "fail", "c"))
        sketch.constant("y", strings("1", "2", "3"))
        sketch.foreach("f")
        sketch.foreach("g")
        sketch.join("p", [InputPort("a")])
        sketch.join("m", [InputPort("a"), InputPort("b")])
        sketch.collect("k")
        sketch.output("o")
        sketch.connect("x.out -> f.array")
        sketch.connect("y.out -> g.array")
        sketch.connect("f.element -> p.a")
        sketch.connect("p.out -> m.a")
        sketch.connect("g.element -> m.b")
        sketch.connect("m.out -> k.element")
        sketch.connect("k.array -> o.o")
        #expect(try output(sketch) == "{o: [a+1, c+3]}")
    }

    @Test func `a branch that a loop skips for one element does not block the next ones`() throws {
        var sketch = GraphSketch()
        sketch.constant("x", strings("skip", "b", "skip", "d"))
        sketch.foreach("f")
        sketch.join("gate", [InputPort("a")])
        sketch.join("m", [InputPort("a"), InputPort("b", required: false)])
        sketch.join("n", [InputPort("a", required: false)])
        sketch.output("o")
        sketch.output("p")
        sketch.connect("x.out -> f.array")
        sketch.connect("f.element -> gate.a")
        sketch.connect("gate.out -> m.a")
        sketch.connect("f.index -> m.b")
        sketch.connect("gate.out -> n.a")
        sketch.connect("m.out -> o.o")
        sketch.connect("n.out -> p.p")
        #expect(try output(sketch) == "{o: [b+1, d+3], p: [-, b, -, d]}")
    }

    @Test func `independent loops are paired by position and the rest is said`() throws {
        var sketch = GraphSketch()
        sketch.constant("x", strings("a", "b"))
        sketch.constant("y", strings("1", "2", "3"))
        sketch.foreach("f")
        sketch.foreach("g")
        sketch.join("m", [InputPort("a"), InputPort("b")])
        sketch.output("o")
        sketch.connect("x.out -> f.array")
        sketch.connect("y.out -> g.array")
        sketch.connect("f.element -> m.a")
        sketch.connect("g.element -> m.b")
        sketch.connect("m.out -> o.o")
        var driver = MachineDriver(try sketch.graph())
        driver.runToTheEnd()
        #expect(GraphSketch.text(.map(try #require(driver.result).output)) == "{o: [a+1, b+2]}")
        let logs = driver.events.compactMap { event in
            if case .flowLogged(let logged) = event.content { logged.line.content } else { nil }
        }
        #expect(logs.count == 1)
        #expect(logs.first?.contains("1 elements of input \"b\"") == true)
    }

    @Test func `loops of different depth side by side are paired by position`() throws {
        var sketch = GraphSketch()
        sketch.constant("x", strings("1", "2", "3"))
        sketch.constant("y", .array([strings("0,0", "0,1"), strings("1,0", "1,1")]))
        sketch.foreach("f")
        sketch.foreach("g")
        sketch.foreach("h")
        sketch.join("m", [InputPort("a"), InputPort("b")])
        sketch.collect("k")
        sketch.output("o")
        sketch.connect("x.out -> f.array")
        sketch.connect("y.out -> g.array")
        sketch.connect("g.element -> h.array")
        sketch.connect("f.element -> m.a")
        sketch.connect("h.element -> m.b")
        sketch.connect("m.out -> k.element")
        sketch.connect("k.array -> o.o")
        #expect(try output(sketch) == "{o: [1+0,0, 2+0,1, 3+1,0]}")
    }

    @Test func `two inner loops of one outer loop are paired within each outer element`() throws {
        var sketch = GraphSketch()
        sketch.constant("x", .array([strings("a", "b"), strings("c")]))
        sketch.constant("y", .array([strings("1"), strings("2", "3")]))
        sketch.foreach("f")
        sketch.foreach("fy")
        sketch.join("pair", [InputPort("n")])
        sketch.foreach("g")
        sketch.foreach("h")
        sketch.join("m", [InputPort("a"), InputPort("b")])
        sketch.output("o")
        sketch.connect("x.out -> f.array")
        sketch.connect("y.out -> fy.array")
        sketch.connect("f.element -> g.array")
        sketch.connect("f.index -> pair.n")
        sketch.connect("f.element -> h.array")
        sketch.connect("g.element -> m.a")
        sketch.connect("h.element -> m.b")
        sketch.connect("m.out -> o.o")
        #expect(try output(sketch) == "{o: [a+a, b+b, c+c]}")
    }

    @Test func `a value from outside a loop is used for each element`() throws {
        var sketch = GraphSketch()
        sketch.constant("x", strings("a", "b"))
        sketch.constant("s", .string("s"))
        sketch.foreach("f")
        sketch.join("m", [InputPort("a"), InputPort("b")])
        sketch.output("o")
        sketch.connect("x.out -> f.array")
        sketch.connect("f.element -> m.a")
        sketch.connect("s.out -> m.b")
        sketch.connect("m.out -> o.o")
        #expect(try output(sketch) == "{o: [a+s, b+s]}")
    }

    @Test func `a collect without an edge runs once`() throws {
        var sketch = GraphSketch()
        sketch.collect("k")
        sketch.output("o")
        sketch.connect("k.array -> o.o")
        #expect(try output(sketch) == "{o: []}")
    }

    @Test func `a collect waits for an element that takes long`() throws {
        var sketch = GraphSketch()
        sketch.constant("x", strings("a", "b"))
        sketch.constant("late", .string("z"))
        sketch.foreach("f")
        sketch.join("m", [InputPort("a"), InputPort("b", required: false)])
        sketch.collect("k")
        sketch.output("o")
        sketch.connect("x.out -> f.array")
        sketch.connect("f.element -> m.a")
        sketch.connect("late.out -> m.b")
        sketch.connect("m.out -> k.element")
        sketch.connect("k.array -> o.o")
        var driver = MachineDriver(try sketch.graph())
        driver.apply([.started])
        // Everything but the late constant first.
        while let next = driver.waiting.firstIndex(where: {
            $0.node.map { driver.graph.nodes[$0].kindName } != "late"
        }) {
            driver.finish(next)
        }
        #expect(!driver.machine.hasEnded)
        while !driver.waiting.isEmpty { driver.finishRound() }
        #expect(GraphSketch.text(.map(try #require(driver.result).output)) == "{o: [a+z, b+z]}")
    }

    @Test func `a forced stop ends running nodes with the reason and starts nothing more`() throws {
        var sketch = GraphSketch()
        sketch.constant("x", .u64(1))
        sketch.output("o")
        sketch.connect("x.out -> o.o")
        var driver = MachineDriver(try sketch.graph())
        driver.apply([.started])
        driver.apply([.stopRequested(reason: nil, isGraceful: false)])
        #expect(
            driver.lines == [
                "flow start", "start x#0 {}", "error x#0 canceled by user ",
                "finish x#0", "flow error 1 nodes failed", "flow finish not_run=[\"o\"] output={}",
            ])
        #expect(driver.result?.status == .stopped)
        driver.apply([.nodeEnded(node: 0, times: 0, .outputs([:]))])
        #expect(driver.events.count == 6)
    }

    @Test func `a graceful stop waits for every running node until the grace is over`() throws {
        var sketch = GraphSketch()
        sketch.constant("x", .u64(1))
        sketch.constant("y", .u64(2))
        sketch.constant("z", .u64(3))
        var driver = MachineDriver(try sketch.graph())
        driver.apply([.started])
        driver.apply([.stopRequested(reason: "late", isGraceful: true)])
        driver.finish(0)
        driver.finish(0)
        #expect(!driver.machine.hasEnded)
        driver.apply([.graceEnded])
        #expect(
            driver.lines.filter { $0.hasPrefix("output") } == ["output x#0 {out: 1}", "output y#0 {out: 2}"])
        #expect(driver.lines.contains("error z#0 canceled by user late"))
        #expect(driver.result?.status == .stopped)
    }

    @Test func `a value too large for events is replaced in them and flows on whole`() throws {
        var sketch = GraphSketch()
        sketch.constant("x", .string(String(repeating: "x", count: Limits.eventValueBytesMax + 1)))
        sketch.node("length", inputs: [InputPort("text")], outputs: [OutputPort("count")]) { call in
            guard case .string(let text)? = call.inputs["text"] else { return .done(.failed("no text")) }
            return .done(.outputs(["count": .u64(UInt64(text.utf8.count))]))
        }
        sketch.output("o")
        sketch.connect("x.out -> length.text")
        sketch.connect("length.count -> o.o")
        var driver = MachineDriver(try sketch.graph())
        driver.runToTheEnd()
        #expect(driver.lines.filter { $0.contains("VALUE TOO LARGE") }.count == 2)
        #expect(
            GraphSketch.text(.map(try #require(driver.result).output))
                == "{o: \(Limits.eventValueBytesMax + 1)}")
    }

    @Test func `outcomes of executions that are not running change nothing`() throws {
        var sketch = GraphSketch()
        sketch.constant("x", .u64(1))
        var driver = MachineDriver(try sketch.graph())
        driver.apply([.started])
        driver.apply([
            .nodeEnded(node: 7, times: 0, .failed("who?")), .nodeEnded(node: 0, times: 3, .failed("when?")),
        ])
        #expect(driver.lines == ["flow start", "start x#0 {}"])
    }
}

@Suite struct `Building a graph` {
    @Test func `finds every problem at once and names node and port`() throws {
        var sketch = GraphSketch()
        sketch.constant("x", .u64(1))
        sketch.join("m", [InputPort("a")])
        sketch.connect("x.out -> m.a")
        sketch.connect("x.out -> m.a")
        sketch.connect("x.nope -> m.nothing")
        let ghost = NodeID(UniqueID(high: 9, low: 9))
        let m = sketch.id(of: "m")
        let x = sketch.id(of: "x")
        let edges = sketch.edges + [EdgeDeclaration(source: ghost, output: "out", target: m, input: "a")]
        let thrown = #expect(throws: GraphProblems.self) { try FlowGraph(nodes: sketch.nodes, edges: edges) }
        let problems = try #require(thrown).problems
        #expect(
            problems == [
                GraphProblem(
                    "2 edges connected to the same target: node \(m) input \"a\"", node: m, port: "a"),
                GraphProblem("node \(m):m has no input \"nothing\"", node: m, port: "nothing"),
                GraphProblem("node \(x):x has no output \"nope\"", node: x, port: "nope"),
                GraphProblem("edge's source not found: \(ghost)", node: ghost),
            ])
    }

    @Test func `refuses a cycle`() throws {
        var sketch = GraphSketch()
        sketch.join("a", [InputPort("in")])
        sketch.join("b", [InputPort("in")])
        sketch.connect("a.out -> b.in")
        sketch.connect("b.out -> a.in")
        let thrown = #expect(throws: GraphProblems.self) { try sketch.graph() }
        #expect(try #require(thrown).description == "graph has cycle")
    }

    @Test func `leaves an edge to nowhere out and says so`() throws {
        var sketch = GraphSketch()
        sketch.constant("x", .u64(1))
        let ghost = NodeID(UniqueID(high: 9, low: 9))
        let graph = try FlowGraph(
            nodes: sketch.nodes,
            edges: [EdgeDeclaration(source: sketch.id(of: "x"), output: "out", target: ghost, input: "a")])
        #expect(graph.warnings.count == 1)
    }
}

@Suite struct `Problems of a flow` {
    @Test func `are listed up to a bound, and counted beyond it`() {
        func text(_ count: Int) -> String {
            GraphProblems((0..<count).map { GraphProblem("problem \($0)") }).description
        }
        let most = text(Limits.problemsShownMax)
        #expect(
            most.hasPrefix("problem 0; problem 1; ")
                && most.hasSuffix("problem \(Limits.problemsShownMax - 1)"))
        #expect(text(Limits.problemsShownMax + 7) == most + "; and 7 more")
    }
}
