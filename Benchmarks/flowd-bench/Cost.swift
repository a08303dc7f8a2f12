// What a measurement cost the machine: processor time of all three parties, and the daemon's memory. From /proc.

internal import Glibc

/// Processor time in seconds and memory in bytes.
struct Cost: Hashable, Sendable {
    let flowdSeconds: Double
    /// Nil if nobody said where Postgres is.
    let postgresSeconds: Double?
    let benchSeconds: Double
    /// The most memory that the daemon had at once while this was measured.
    let flowdPeakBytes: Int

    static let header = ["CPU s flowd", "Postgres", "bench", "flowd peak MiB"]
    static let eachHeader = ["ms each flowd", "Postgres"]

    var cells: [String] {
        [
            Text.fixed(flowdSeconds, digits: 2), postgresSeconds.map { Text.fixed($0, digits: 2) } ?? "–",
            Text.fixed(benchSeconds, digits: 2), Text.grouped(flowdPeakBytes >> 20),
        ]
    }

    /// The share of one of so many: milliseconds of processor time.
    func eachCells(of count: Int) -> [String] {
        [flowdSeconds, postgresSeconds].map { seconds in
            guard let seconds, count > 0 else { return "–" }
            return Text.fixed(seconds * 1e3 / Double(count), digits: 2)
        }
    }
}

/// Reads what processes have used so far.
struct CostMeter: Sendable {
    /// Seconds of processor time since each process began.
    struct Reading: Sendable {
        fileprivate let flowd: Double
        fileprivate let postgres: Double?
        fileprivate let bench: Double
    }

    let flowd: Int32
    let postgres: Int32?

    /// Begins a measurement; the daemon's peak of memory counts from here on.
    func begin() -> Reading {
        // 5 sets the peak back to what is used now. Where that is not allowed, the peak is that of all so far.
        SystemFile.write("5", to: "/proc/\(flowd)/clear_refs")
        return read()
    }

    /// What was used since.
    func end(_ beginning: Reading) -> Cost {
        let reading = read()
        var postgresSeconds: Double?
        if let before = beginning.postgres, let after = reading.postgres { postgresSeconds = after - before }
        return Cost(
            flowdSeconds: reading.flowd - beginning.flowd, postgresSeconds: postgresSeconds,
            benchSeconds: reading.bench - beginning.bench,
            flowdPeakBytes: ProcessTable.peakBytes(of: flowd))
    }

    private func read() -> Reading {
        Reading(
            flowd: ProcessTable.seconds(of: flowd, withEndedChildren: false),
            postgres: postgres.map(ProcessTable.familySeconds), bench: ProcessTable.ownSeconds)
    }
}

/// What the system tells about processes.
enum ProcessTable {
    /// Processor time of a process, and if asked for that of its children that have ended.
    static func seconds(of process: Int32, withEndedChildren: Bool) -> Double {
        guard let bytes = SystemFile.read("/proc/\(process)/stat"), let name = bytes.lastIndex(of: 41) else {
            return 0
        }
        // Behind the name, which may hold anything, the state is field 3; 14 to 17 are the times.
        let fields = bytes[(name + 1)...].split(separator: 32)
        let places = withEndedChildren ? 11...14 : 11...12
        guard fields.count > places.upperBound else { return 0 }
        let ticks = fields[places].reduce(0.0) { $0 + (Double(String(decoding: $1, as: UTF8.self)) ?? 0) }
        return ticks / Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
    }

    /// Processor time of a process and of all children it has or had.
    static func familySeconds(of process: Int32) -> Double {
        let children = SystemFile.read("/proc/\(process)/task/\(process)/children") ?? []
        return children.split(separator: 32).compactMap { Int32(String(decoding: $0, as: UTF8.self)) }
            .reduce(seconds(of: process, withEndedChildren: true)) {
                $0 + seconds(of: $1, withEndedChildren: true)
            }
    }

    static var ownSeconds: Double { seconds(of: getpid(), withEndedChildren: false) }

    /// Processor time of the calling thread so far: what else the machine does hardly shows in it.
    static var ownNanoseconds: Int64 {
        var time = timespec()
        guard unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else { return 0 }
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// What this process has in memory now.
    static var residentBytes: Int { (SystemFile.field("VmRSS", in: "/proc/self/status") ?? 0) * 1_024 }

    /// The most memory that a process has had at once.
    static func peakBytes(of process: Int32) -> Int {
        (SystemFile.field("VmHWM", in: "/proc/\(process)/status") ?? 0) * 1_024
    }
}
