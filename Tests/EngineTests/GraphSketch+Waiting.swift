import Engine
import TestKit

/// Flows that wait for something.
extension GraphSketch {
    /// A node that runs flow number 8, and what comes of it.
    static func calling() -> GraphSketch {
        var sketch = GraphSketch()
        sketch.nested("call", flow: .number(8), inputs: [], outputs: ["out"])
        sketch.output("o")
        sketch.connect("call.out -> o.o")
        return sketch
    }

    /// Waits for a value; something follows.
    static func asking() -> GraphSketch {
        var sketch = GraphSketch()
        sketch.awaiting("a")
        sketch.output("out")
        sketch.connect("a.value -> out.out")
        return sketch
    }
}
