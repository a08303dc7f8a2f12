// The program: all measurements one after the other, on one daemon that runs already, and their tables. Main thread.

internal import CLinux

/// Measures a daemon on this machine's loopback address, or the run machine alone.
@main
enum FlowdBench {
    static func main() {
        do throws(BenchError) {
            let words = Array(CommandLine.arguments.dropFirst())
            if words == ["machine"] {
                try MachineBench.measureAll()
                return try ScriptBench.measureAll()
            }
            if words.count == 3, words[0] == "memory", let size = Int(words[2]) {
                return try MachineBench.measureMemory(words[1], size: size)
            }
            let arguments = try Arguments(words)
            // A thousand subscribers are a thousand sockets, more than the usual limit of descriptors.
            _ = flowd_raise_descriptor_limit()
            try measureAll(arguments)
        } catch {
            Terminal.complain("bench: \(error)")
            Terminal.exit(1)
        }
    }

    private static func measureAll(_ arguments: Arguments) throws(BenchError) {
        let site = try Site(arguments)
        Terminal.say(try Machine.description(dataFolder: arguments.dataFolder, notes: arguments.notes))

        var answers = Table(
            "Small answers: GET /healthcheck on connections that are kept alive",
            ["connections", "answers", "per second", "p50 ms", "p99 ms"] + Cost.header)
        let figure = try LoadReactor.perform(AnswerLoad(connections: Plan.answerConnections, site: site))
        answers.add(["\(Plan.answerConnections)"] + figure.cells)
        Terminal.say(answers.text)

        var lists = Table(
            "Tables: a list of \(Plan.listedFlows) flows, by numbers and by UUIDs in turn",
            ["column", "numbers p50 ms", "UUIDs p50 ms", "ratio"])
        for question in try LoadReactor.perform(TableLoad(site: site)) { lists.add(question.cells) }
        Terminal.say(lists.text)

        var runs = Table(
            "Durable runs of flow 1: from sending POST /flow/start/1 to receiving FlowFinish",
            ["callers", "runs", "per second", "p50 ms", "p99 ms"] + Cost.header + Cost.eachHeader)
        for callers in Plan.callerCounts {
            let figure = try LoadReactor.perform(RunLoad(callers: callers, site: site))
            runs.add(["\(callers)"] + figure.cells + figure.cost.eachCells(of: figure.count))
        }
        Terminal.say(runs.text)

        var live = Table(
            "Fan-out: one run of a loop over \(Plan.busyElements) elements, watched live by all",
            ["subscribers"] + DeliveryFigure.header + Cost.header)
        var replay = Table(
            "Replay: one subscriber asks for the same run when it has ended",
            ["after"] + DeliveryFigure.header + Cost.header)
        for subscribers in Plan.subscriberCounts {
            let figure = try LoadReactor.perform(
                FanOutLoad(subscribers: subscribers, flow: arguments.busyFlow, site: site))
            live.add(["\(subscribers)"] + figure.live.cells)
            replay.add(["\(subscribers) live"] + figure.replay.cells)
        }
        Terminal.say(live.text)
        Terminal.say(replay.text)
        Terminal.say(
            "Every subscriber got the same messages in the same order, byte for byte, and so did each replay.\n"
        )
    }
}
