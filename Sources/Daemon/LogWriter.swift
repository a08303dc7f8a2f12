// Writes log lines to standard error through a bounded buffer, so that nobody waits for a slow reader.

internal import Dispatch
internal import Glibc
internal import Primitives
internal import Synchronization

/// Writes log lines to standard error in order. When the buffer is full it drops lines and says how many.
final class LogWriter: Sendable {
    private struct State {
        var waiting: [UInt8] = []
        var droppedCount = 0
        var isWriting = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "flowd.log")

    /// Takes a whole line; never blocks.
    func write(_ line: [UInt8]) {
        let begins = state.withLock { state in
            guard state.waiting.count + line.count <= Limits.logBufferBytesMax else {
                state.droppedCount += 1
                return false
            }
            state.waiting.append(contentsOf: line)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if begins { queue.async { self.writeWaiting() } }
    }

    /// Waits until everything has been written; for the end of the process.
    func flush() {
        queue.sync {}
    }

    private func writeWaiting() {
        while true {
            let (bytes, dropped) = state.withLock { state -> ([UInt8], Int) in
                defer {
                    state.waiting = []
                    state.droppedCount = 0
                }
                if state.waiting.isEmpty { state.isWriting = false }
                return (state.waiting, state.droppedCount)
            }
            guard !bytes.isEmpty else { return }
            writeAll(bytes)
            if dropped > 0 { writeAll(Array("… \(dropped) log lines were dropped\n".utf8)) }
        }
    }

    private func writeAll(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count)
            }
            if count < 0 {
                if errno == EINTR { continue }
                return
            }
            rest = rest.dropFirst(count)
        }
    }
}
