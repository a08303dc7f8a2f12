// The program that fuzzes, if it was built for that: then libFuzzer has its main function, and the target is named in the
// environment. Otherwise it examines files, as a debugger likes it. `Scripts/fuzz` calls both.

import Foundation
import FuzzTargets

#if FUZZING
    private let target: FuzzTarget = {
        let name = ProcessInfo.processInfo.environment["FLOWD_FUZZ_TARGET"] ?? ""
        guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
            fatalError("FLOWD_FUZZ_TARGET names no target: \(name)")
        }
        return target
    }()

    /// What libFuzzer calls with each input.
    @_cdecl("LLVMFuzzerTestOneInput")
    public func examine(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        do {
            try target.examine(Array(UnsafeBufferPointer(start: bytes, count: count)))
        } catch {
            // A trap is how libFuzzer learns of a finding.
            fatalError("\(error)")
        }
        return 0
    }
#else
    /// `flowd-fuzz list`, or `flowd-fuzz TARGET FILE…`.
    @main enum FlowdFuzz {
        static func main() {
            let arguments = CommandLine.arguments.dropFirst()
            guard let name = arguments.first, name != "list" else {
                return print(FuzzTarget.all.map(\.name).joined(separator: "\n"))
            }
            guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
                fail("there is no target \(name); `flowd-fuzz list` names them")
            }
            for path in arguments.dropFirst() {
                guard let content = FileManager.default.contents(atPath: path) else {
                    fail("cannot read \(path)")
                }
                do { try target.examine(Array(content)) } catch { fail("\(path): \(error)") }
                print("\(path): nothing found")
            }
        }

        private static func fail(_ sentence: String) -> Never {
            FileHandle.standardError.write(Data((sentence + "\n").utf8))
            exit(1)
        }
    }
#endif
