import Engine
import TestKit
import Testing
import Values

private func strings(_ texts: String...) -> Value { .array(texts.map { .string($0) }) }

private func output(_ sketch: GraphSketch) throws -> String {
    var driver = MachineDriver(try sketch.graph())
    driver.runToTheEnd()
    return GraphSketch.text(.map(try #require(driver.result).output))
}

/// Nodes with edges from different loops, required and optional ones.
@Suite struct `Elements of several loops` {
    /// Loops `f` over the arrays of `x`, and `g` and `h` inside of it over its elements and what `cut` leaves of them.
    private func nested(_ arrays: Value) -> GraphSketch {
        var sketch = GraphSketch()
        sketch.constant("x", arrays)
        sketch.foreach("f")
        sketch.foreach("g")
        sketch.foreach("h")
        sketch.node(
            "cut", inputs: [InputPort("array"), InputPort("index")], outputs: [OutputPort("out")]
        ) { call in
            .done(
                .outputs(["out": call.inputs["index"] == .u64(0) ? .array([]) : call.inputs["array"] ?? .null]
                ))
        }
        sketch.connect("x.out -> f.array")
        sketch.connect("f.element -> g.array")
        sketch.connect("f.element -> cut.array")
        sketch.connect("f.index -> cut.index")
        sketch.connect("cut.out -> h.array")
        return sketch
    }

    @Test
    func `an outer element stays for a required inner loop although an optional one has nothing for it`()
        throws
    {
        var sketch = nested(.array([strings("a", "b"), strings("c")]))
        sketch.join("m", [InputPort("outer"), InputPort("inner"), InputPort("maybe", required: false)])
        sketch.output("o")
        sketch.connect("f.index -> m.outer")
        sketch.connect("g.element -> m.inner")
        sketch.connect("h.element -> m.maybe")
        sketch.connect("m.out -> o.o")
        #expect(try output(sketch) == "{o: [0+a+-, 0+b+-, 1+c+c]}")
    }

    @Test func `optional loops that share one meet in it beside a loop of another kind`() throws {
        var sketch = nested(.array([strings("a", "b"), strings("c")]))
        sketch.constant("y", strings("1", "2", "3"))
        sketch.foreach("k")
        sketch.join(
            "m", [InputPort("a"), InputPort("b", required: false), InputPort("c", required: false)])
        sketch.output("o")
        sketch.connect("y.out -> k.array")
        sketch.connect("k.element -> m.a")
        sketch.connect("g.element -> m.b")
        sketch.connect("h.element -> m.c")
        sketch.connect("m.out -> o.o")
        #expect(try output(sketch) == "{o: [1+a+-, 2+b+-, 3+c+c]}")
    }

    @Test
    func `an element is not repeated for an independent loop because an optional one stands inside of it`()
        throws
    {
        var sketch = GraphSketch()
        sketch.constant("x", strings("a"))
        sketch.constant("y", strings("1", "2"))
        sketch.foreach("f")
        sketch.foreach("g")
        sketch.foreach("inner")
        sketch.join("m", [InputPort("a"), InputPort("b"), InputPort("c", required: false)])
        sketch.output("o")
        sketch.connect("x.out -> f.array")
        sketch.connect("f.element -> inner.array")
        sketch.connect("y.out -> g.array")
        sketch.connect("f.element -> m.a")
        sketch.connect("g.element -> m.b")
        sketch.connect("inner.element -> m.c")
        sketch.connect("m.out -> o.o")
        #expect(try output(sketch) == "{o: a+1+a}")
    }

    @Test func `an iteration without an element of a loop does not use up that loop`() throws {
        var sketch = GraphSketch()
        sketch.constant("x", .array([strings("a", "b"), strings("c")]))
        sketch.constant("y", strings("1", "2"))
        sketch.foreach("turns")
        sketch.foreach("letters")
        sketch.foreach("numbers")
        sketch.join("both", [InputPort("turn"), InputPort("number")])
        sketch.join("wide", [InputPort("letter"), InputPort("both", required: false)])
        sketch.join("m", [InputPort("wide"), InputPort("number", required: false)])
        sketch.output("o")
        sketch.connect("x.out -> turns.array")
        sketch.connect("turns.element -> letters.array")
        sketch.connect("y.out -> numbers.array")
        sketch.connect("turns.index -> both.turn")
        sketch.connect("numbers.element -> both.number")
        sketch.connect("letters.element -> wide.letter")
        sketch.connect("both.out -> wide.both")
        sketch.connect("wide.out -> m.wide")
        sketch.connect("numbers.element -> m.number")
        sketch.connect("m.out -> o.o")
        #expect(try output(sketch) == "{o: [a+0+1+1, b+-+-, c+1+2+2]}")
    }

    @Test func `elements that lack a loop meet those around them that lack it, too`() throws {
        var sketch = GraphSketch()
        sketch.constant("x", strings("a"))
        sketch.constant("y", strings("1", "2"))
        sketch.foreach("letters")
        sketch.foreach("numbers")
        sketch.join(
            "either", [InputPort("letter", required: false), InputPort("number", required: false)])
        sketch.foreach("inner")
        sketch.join("m", [InputPort("either"), InputPort("inner", required: false)])
        sketch.output("o")
        sketch.connect("x.out -> letters.array")
        sketch.connect("y.out -> numbers.array")
        sketch.connect("letters.element -> either.letter")
        sketch.connect("numbers.element -> either.number")
        sketch.connect("either.out -> inner.array")
        sketch.connect("either.out -> m.either")
        sketch.connect("inner.element -> m.inner")
        sketch.connect("m.out -> o.o")
        #expect(try output(sketch) == "{o: [a+1+a+1, -+2+-+2]}")
    }
}
