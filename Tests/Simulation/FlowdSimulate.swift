// The program: plays seeds, prints progress and figures, and for a seed that fails how to see it again. Main thread.

import Glibc

@main
enum FlowdSimulate {
    static func main() {
        guard let wish = Wish(CommandLine.arguments.dropFirst()) else {
            say("usage: flowd-simulate [--seeds COUNT] [--from SEED] | --seed SEED")
            exit(2)
        }
        exit(wish.isSingle ? look(into: wish.first) : play(wish))
    }

    /// Says a line at once, also into a pipe.
    private static func say(_ line: String) {
        print(line)
        fflush(nil)
    }

    /// Plays many seeds; 1 if one of them fails.
    private static func play(_ wish: Wish) -> Int32 {
        let clock = ContinuousClock()
        let start = clock.now
        var figures = Simulation.Figures()
        for number in 0..<wish.count {
            let seed = wish.first &+ number
            var simulation = Simulation(seed: seed, isThorough: true)
            do {
                try simulation.play()
            } catch {
                say("seed \(seed) fails: \(error.discrepancy)")
                say("see it again with: Scripts/simulate --seed \(seed)")
                return 1
            }
            figures.add(simulation.figures)
            if (number + 1) % 1_000 == 0 {
                say("\(number + 1) seeds in \(start.duration(to: clock.now)): \(figures)")
            }
        }
        say(
            "\(wish.count) seeds from \(wish.first) in \(start.duration(to: clock.now)), all well: \(figures)"
        )
        return 0
    }

    /// Shows one seed: its flow, or the smallest one that fails like it, and the events of the run that fails.
    private static func look(into seed: UInt64) -> Int32 {
        var simulation = Simulation(seed: seed, isThorough: true)
        do throws(Simulation.Failure) {
            try simulation.play()
            for line in Transcript.lines(simulation.flow) { say(line) }
            say("seed \(seed) is well: \(simulation.figures)")
            return 0
        } catch {
            say("seed \(seed) fails with \(simulation.flow.nodes.count) nodes: \(error.discrepancy)")
            simulation = simulation.shrunk()
        }
        do throws(Simulation.Failure) {
            try simulation.play()
        } catch {
            say("the smallest flow that can be found fails, too: \(error.discrepancy)\n")
            for line in Transcript.lines(error.flow) { say(line) }
            let plan = error.outside.interruption.map { "\($0)" } ?? "goes to its end"
            say("\nthe run, things at work end as \(error.outside.pace), \(plan):")
            for event in error.events { say(Transcript.line(event, in: error.flow)) }
        }
        return 1
    }
}

/// The command line.
private struct Wish {
    var first: UInt64 = 1
    var count: UInt64 = 100_000
    var isSingle = false

    init?(_ words: ArraySlice<String>) {
        var rest = words
        while let name = rest.popFirst() {
            guard let number = rest.popFirst().flatMap({ UInt64($0) }) else { return nil }
            switch name {
            case "--seeds": count = number
            case "--from": first = number
            case "--seed":
                first = number
                isSingle = true
            default: return nil
            }
        }
    }
}
