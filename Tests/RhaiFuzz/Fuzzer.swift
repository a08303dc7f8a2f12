import Glibc
import Rhai
import Synchronization
import Values

/// Makes scripts by chance and runs each of them twice.
struct Fuzzer {
    private var random: Dice
    private var examined = 0
    private var read = 0
    private var finished = 0

    init(seed: UInt64) {
        random = Dice(state: seed)
    }

    func run(seconds: Double) {
        var fuzzer = self
        let start = ContinuousClock.now
        while ContinuousClock.now - start < .seconds(seconds) {
            for _ in 0..<100 { fuzzer.step() }
            let mebibytes = Fuzzer.peakMebibytes
            if mebibytes > 400 { fuzzer.fail("has taken \(mebibytes) MiB", "(one of the last hundred)") }
        }
        print(
            "\(fuzzer.examined) scripts, \(fuzzer.read) readable, \(fuzzer.finished) ran to their end, \(Fuzzer.peakMebibytes) MiB at most"
        )
    }

    /// The most memory that this process ever had.
    private static var peakMebibytes: Int {
        var usage = rusage()
        getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss / 1024
    }

    private mutating func step() {
        let script = makeScript()
        examined += 1
        Journal.note(script)
        let start = ContinuousClock.now
        let first = outcome(script)
        let time = ContinuousClock.now - start
        let second = outcome(script)
        guard first == second else { fail("two runs differ: \(first) and \(second)", script) }
        if !first.hasPrefix("[ParseError]") { read += 1 }
        if !first.hasPrefix("[") { finished += 1 }
        if time > .seconds(3) { fail("took \(time)", script) }
    }

    private func fail(_ reason: String, _ script: String) -> Never {
        print("FAILED: \(reason)\n--- script\n\(script)\n---")
        fatalError("a script has broken a rule")
    }

    private func outcome(_ script: String) -> String {
        let dice = Mutex(Dice(state: 7))
        let host = RhaiHost(
            clock: { 1_000 }, random: { dice.withLock { $0.next() } }, log: { _, _, _, _ in },
            isCancelled: { false })
        do {
            let program = try RhaiProgram(script)
            let inputs: [(name: String, value: Value)] = [
                ("a", .u64(3)), ("b", .string("héllo, world")),
                ("c", .array([.i64(1), .string("x"), .f64(0.5)])),
                ("d", .map(["k": .u64(1), "l": .array([.u64(2)])])), ("e", .bytes([1, 2, 255])),
            ]
            let result = try program.run(
                inputs, environment: [("X", "y")], host: host,
                budget: RhaiBudget(operations: 200_000, seconds: 5))
            var text = "ok"
            do { text += try result.last()?.debugDescription ?? "()" } catch { text += error.description }
            for name in ["a", "b", "c", "x", "y"] {
                do { text += try result.variable(name)?.debugDescription ?? "()" } catch {
                    text += error.description
                }
            }
            return text
        } catch {
            return error.description
        }
    }

    // MARK: Scripts

    private mutating func makeScript() -> String {
        switch random.below(10) {
        case 0...3:
            var grammar = Grammar(random: random)
            let script = grammar.script()
            random = grammar.random
            return script
        case 4...6: return mixWords()
        default: return damage(Seeds.all[random.below(Seeds.all.count)])
        }
    }

    /// Puts words of two scripts together in another order.
    private mutating func mixWords() -> String {
        var words = Seeds.words
        let script = Seeds.all[random.below(Seeds.all.count)]
        var parts = script.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        for _ in 0...random.below(6) {
            let place = random.below(parts.count + 1)
            switch random.below(4) {
            case 0: parts.insert(words[random.below(words.count)], at: place)
            case 1 where !parts.isEmpty: parts.remove(at: min(place, parts.count - 1))
            case 2 where !parts.isEmpty: parts[min(place, parts.count - 1)] = words[random.below(words.count)]
            default:
                if !parts.isEmpty { parts.insert(parts[random.below(parts.count)], at: place) }
            }
        }
        words.removeAll()
        return parts.joined(separator: " ")
    }

    /// Changes, removes and repeats bytes.
    private mutating func damage(_ script: String) -> String {
        var bytes = Array(script.utf8)
        for _ in 0...random.below(8) {
            guard !bytes.isEmpty else { break }
            let place = random.below(bytes.count)
            switch random.below(5) {
            case 0: bytes[place] = UInt8(random.below(256))
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(UInt8(random.below(128)), at: place)
            case 3:
                let other = random.below(bytes.count)
                bytes.swapAt(place, other)
            default:
                let length = min(random.below(12), bytes.count - place)
                let part = Array(bytes[place..<place + length])
                for _ in 0..<random.below(40) { bytes.insert(contentsOf: part, at: place) }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The last script, in a file where it is found after a crash.
enum Journal {
    private static let path = "rhai-fuzz.last"

    static func note(_ script: String) {
        guard let file = fopen(path, "w") else { return }
        fputs(script, file)
        fclose(file)
    }
}

/// Numbers that look like chance and repeat themselves with their seed (SplitMix64).
struct Dice {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
