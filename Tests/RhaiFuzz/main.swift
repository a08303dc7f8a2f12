// Throws made and damaged scripts at the interpreter: it must neither crash nor take more than its budget, and must do
// the same every time. `rhai-fuzz [seconds] [seed]`; `rhai-fuzz --speed` measures instead.

import Rhai
import Values

let arguments = CommandLine.arguments
if arguments.contains("--speed") {
    Speed.measure()
} else {
    let seconds = arguments.count > 1 ? Double(arguments[1]) ?? 10 : 10
    let seed = arguments.count > 2 ? UInt64(arguments[2]) ?? 1 : 1
    Fuzzer(seed: seed).run(seconds: seconds)
}
