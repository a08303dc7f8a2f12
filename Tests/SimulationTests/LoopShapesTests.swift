import Engine
import TestKit
import Testing
import Values

@testable import flowd_simulate

/// Which loop elements meet, counted out by hand for a few shapes of flows: the machine, and the naive model that all
/// simulations are compared with, must both say the same.
@Suite struct `Loops of every length` {
    /// Lengths of an outer loop's inner loops: `[2, 0]` is two turns with two and no elements.
    private typealias Lengths = [Int]

    private static func lengths(_ random: inout SeededGenerator) -> Lengths {
        (0..<Int.random(in: 0...5, using: &random)).map { _ in Int.random(in: 0...5, using: &random) }
    }

    /// An array for each turn, of the elements' numbers.
    private static func arrays(_ lengths: Lengths) -> Value {
        .array(lengths.map { .array((0..<$0).map { .u64(UInt64($0)) }) })
    }

    /// A sketch with one loop for each list of lengths, `f0`, `f1` …, and a loop inside of each, `g0`, `g1` …
    private static func sketch(_ loops: [Lengths]) -> GraphSketch {
        var sketch = GraphSketch()
        for (index, lengths) in loops.enumerated() {
            sketch.constant("x\(index)", arrays(lengths))
            sketch.foreach("f\(index)")
            sketch.foreach("g\(index)")
            sketch.connect("x\(index).out -> f\(index).array")
            sketch.connect("f\(index).element -> g\(index).array")
        }
        return sketch
    }

    /// What a node sees whose inputs come from these outputs, in a line each.
    private static func seen(_ sketch: GraphSketch, _ outputs: String...) throws -> [String] {
        var sketch = sketch
        sketch.join("m", outputs.indices.map { InputPort("i\($0)") })
        for (index, output) in outputs.enumerated() { sketch.connect("\(output) -> m.i\(index)") }
        var driver = MachineDriver(try sketch.graph())
        driver.runToTheEnd()
        return driver.lines.filter { $0.hasPrefix("output m#") }.map { line in
            String(line.split(separator: "out: ")[1].dropLast())
        }
    }

    /// The same by the naive model: each stream by its loops and the lengths of its turns.
    private static func modelled(_ streams: (scope: [Int], tags: [[Int]])...) -> [String] {
        let iterations = LoopJoin.iterations(
            streams.map { stream in
                Stream(
                    scope: stream.scope, isRequired: true,
                    arrivals: stream.tags.map { tag in
                        Arrival(
                            tag: Dictionary(uniqueKeysWithValues: zip(stream.scope, tag)),
                            value: .u64(UInt64(tag[tag.count - 1])), source: nil)
                    })
            })
        return iterations.map { iteration in
            iteration.picks.map { pick in pick?.value.map(GraphSketch.text) ?? "-" }.joined(separator: "+")
        }
    }

    private static func turns(_ lengths: Lengths) -> [[Int]] { lengths.indices.map { [$0] } }

    private static func elements(_ lengths: Lengths) -> [[Int]] {
        lengths.enumerated().flatMap { turn, count in (0..<count).map { [turn, $0] } }
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `independent loops are paired by position, and the shortest decides`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let loops = (0..<3).map { _ in Self.lengths(&random) }
        let awaited = (0..<(loops.map(\.count).min() ?? 0)).map { "\($0)+\($0)+\($0)" }
        #expect(try Self.seen(Self.sketch(loops), "f0.index", "f1.index", "f2.index") == awaited)
        #expect(
            Self.modelled(
                ([0], Self.turns(loops[0])), ([1], Self.turns(loops[1])), ([2], Self.turns(loops[2])))
                == awaited)
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `each inner element meets its own outer one`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let lengths = Self.lengths(&random)
        let awaited = Self.elements(lengths).map { "\($0[0])+\($0[1])" }
        #expect(try Self.seen(Self.sketch([lengths]), "f0.index", "g0.element") == awaited)
        #expect(Self.modelled(([0], Self.turns(lengths)), ([0, 1], Self.elements(lengths))) == awaited)
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `a loop beside loops inside of each other is paired with all their elements in a row`(
        seed: UInt64
    ) throws {
        var random = SeededGenerator(seed: seed)
        let (nested, flat) = (Self.lengths(&random), Self.lengths(&random))
        let awaited = zip(Self.elements(nested), flat.indices).map { "\($0[0])+\($0[1])+\($1)" }
        #expect(
            try Self.seen(Self.sketch([nested, flat]), "f0.index", "g0.element", "f1.index") == awaited)
        #expect(
            Self.modelled(
                ([0], Self.turns(nested)), ([0, 1], Self.elements(nested)), ([2], Self.turns(flat)))
                == awaited)
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `two loops inside of one are paired anew in each of its turns`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let one = Self.lengths(&random)
        let other = one.map { _ in Int.random(in: 0...5, using: &random) }
        let awaited = one.indices.flatMap { turn in
            (0..<min(one[turn], other[turn])).map { "\(turn)+\($0)+\($0)" }
        }
        var sketch = Self.sketch([one])
        let arrays = Self.arrays(other)
        sketch.node("other", inputs: [InputPort("turn")], outputs: [OutputPort("out")]) { call in
            guard case .u64(let turn)? = call.inputs["turn"], case .array(let arrays) = arrays else {
                return .done(.failed("no turn"))
            }
            return .done(.outputs(["out": arrays[Int(turn)]]))
        }
        sketch.foreach("h")
        sketch.connect("f0.index -> other.turn")
        sketch.connect("other.out -> h.array")
        #expect(try Self.seen(sketch, "f0.index", "g0.element", "h.element") == awaited)
        #expect(
            Self.modelled(
                ([0], Self.turns(one)), ([0, 1], Self.elements(one)), ([0, 2], Self.elements(other)))
                == awaited)
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `an element that is skipped keeps its place`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let loops = [Self.lengths(&random), Self.lengths(&random)]
        let skipped = Set((0..<5).filter { _ in Bool.random(using: &random) }.map { UInt64($0) })
        let awaited = zip(loops[0].indices, loops[1].indices).filter { !skipped.contains(UInt64($0.0)) }
            .map { "\($0)+\($1)" }
        var sketch = Self.sketch(loops)
        sketch.node("gate", inputs: [InputPort("a")], outputs: [OutputPort("out", optional: true)]) { call in
            guard case .u64(let number)? = call.inputs["a"], !skipped.contains(number) else {
                return .done(.outputs([:]))
            }
            return .done(.outputs(["out": .u64(number)]))
        }
        sketch.connect("f0.index -> gate.a")
        #expect(try Self.seen(sketch, "gate.out", "f1.index") == awaited)
    }
}
