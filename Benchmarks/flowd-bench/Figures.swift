// What measurements come to, as cells of a table. Pure values.

/// How often something was done, and how long it took.
struct LatencyFigure: Sendable {
    let count: Int
    let perSecond: Double
    /// Nanoseconds below or at which half, and 99 of 100, stayed.
    let median: Int64
    let percentile99: Int64
    let cost: Cost

    /// - Parameters:
    ///   - latencies: in nanoseconds, in any order.
    ///   - nanoseconds: how long was counted.
    init(_ latencies: [Int64], over nanoseconds: Int64, cost: Cost) {
        let sorted = latencies.sorted()
        count = sorted.count
        perSecond = Double(sorted.count) * 1e9 / Double(max(1, nanoseconds))
        median = LatencyFigure.percentile(50, of: sorted)
        percentile99 = LatencyFigure.percentile(99, of: sorted)
        self.cost = cost
    }

    /// The smallest value that so many of a hundred do not exceed; 0 of nothing.
    static func percentile(_ percent: Int, of sorted: [Int64]) -> Int64 {
        guard !sorted.isEmpty else { return 0 }
        return sorted[max(0, (sorted.count * percent + 99) / 100 - 1)]
    }

    var cells: [String] {
        [
            Text.grouped(count), Text.grouped(Int(perSecond)), Text.fixed(Double(median) / 1e6, digits: 3),
            Text.fixed(Double(percentile99) / 1e6, digits: 3),
        ] + cost.cells
    }
}

/// How many messages went to subscribers, and how fast.
struct DeliveryFigure: Sendable {
    let messageCount: Int
    /// Without the heads of frames.
    let byteCount: Int
    /// From the first message that was received to the last.
    let nanoseconds: Int64
    let cost: Cost

    static let header = ["messages", "MiB", "seconds", "messages/s", "MiB/s"]

    var cells: [String] {
        let seconds = Double(nanoseconds) / 1e9
        let mebibytes = Double(byteCount) / 1_048_576
        return [
            Text.grouped(messageCount), Text.fixed(mebibytes, digits: 1), Text.fixed(seconds, digits: 3),
            Text.grouped(Int(Double(messageCount) / seconds)), Text.fixed(mebibytes / seconds, digits: 1),
        ] + cost.cells
    }
}
