// What the figures were measured on.

internal import Glibc
internal import Primitives

/// Describes the machine.
enum Machine {
    /// Lines for the head of a report about this process alone.
    static var briefDescription: String {
        "* cores: \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) (\(processor)), of which one is used\n"
            + "* load before the first measurement: \(load) (one-minute average)\n"
    }

    /// Lines for the head of the report.
    static func description(dataFolder: String, notes: [String]) throws(BenchError) -> String {
        let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        let kernel = SystemFile.read("/proc/sys/kernel/osrelease").map {
            String(decoding: $0.filter { $0 > 32 }, as: UTF8.self)
        }
        let memory = (SystemFile.field("MemTotal", in: "/proc/meminfo") ?? 0) >> 10
        let lines =
            [
                "cores: \(cores) (\(processor))", "memory: \(Text.grouped(memory)) MiB",
                "kernel: Linux \(kernel ?? "?")",
            ]
            + notes + [
                "disk: writing 8 KiB and waiting until it is safe takes "
                    + "\(Text.fixed(Double(try syncNanoseconds(in: dataFolder)) / 1e6, digits: 3)) ms (median)",
                "load before the first measurement: \(load) (one-minute average)",
                "daemon, Postgres and load generator share the cores; everything goes over the loopback address",
            ]
        return lines.map { "* \($0)\n" }.joined()
    }

    /// What else the machine has been doing; figures of a busy one are no good.
    private static var load: String {
        let averages = (SystemFile.read("/proc/loadavg") ?? []).split(separator: 32)
        return averages.first.map { String(decoding: $0, as: UTF8.self) } ?? "unknown"
    }

    private static var processor: String {
        let lines = (SystemFile.read("/proc/cpuinfo") ?? []).split(separator: 10)
        let model = lines.first { $0.starts(with: "model name".utf8) }?.split(separator: 58).last
        return model.map { String(decoding: $0.drop { $0 == 32 }, as: UTF8.self) } ?? "unknown model"
    }

    /// The median time of a small durable write in a folder: what a commit waits for at the least.
    private static func syncNanoseconds(in folder: String) throws(BenchError) -> Int64 {
        let path = folder + "/bench-sync"
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .usage("the data folder cannot be written to") }
        defer {
            _ = close(descriptor)
            _ = unsafe unlink(path)
        }
        let page = [UInt8](repeating: 0x5A, count: 8_192)
        var times: [Int64] = []
        for round in 0..<200 {
            let before = Clock.system.steady()
            // Written over and over in the same place, as a log is whose files are kept.
            let written = unsafe page.withUnsafeBytes {
                unsafe pwrite(descriptor, $0.baseAddress, $0.count, off_t(round % 16 * $0.count))
            }
            guard written == page.count, fdatasync(descriptor) == 0 else {
                throw .usage("the data folder cannot be written to")
            }
            times.append(Clock.system.steady() - before)
        }
        return LatencyFigure.percentile(50, of: times.sorted())
    }
}
