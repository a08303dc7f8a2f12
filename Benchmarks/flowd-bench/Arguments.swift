// The command line of the bench.

/// What `Scripts/bench` tells about the daemon that it has started.
struct Arguments: Sendable {
    static let usage = """
        usage: flowd-bench --port PORT --data FOLDER --flow ID --flowd-pid PID [--postgres-pid PID] [--note TEXT]...
               flowd-bench machine
               flowd-bench memory line|fan|loop|long-loop SIZE
        """

    /// Where the daemon listens on 127.0.0.1.
    let port: UInt16
    /// The daemon's data folder, where the owner's API key is.
    let dataFolder: String
    /// The imported flow of `busy-run.json`.
    let busyFlow: String
    let flowdProcess: Int32
    /// The first process of Postgres, if its cost is to be shown.
    let postgresProcess: Int32?
    /// Lines for the description of the machine.
    let notes: [String]

    init(_ words: [String]) throws(BenchError) {
        var values: [String: [String]] = [:]
        var rest = words[...]
        while let name = rest.popFirst() {
            guard ["--port", "--data", "--flow", "--flowd-pid", "--postgres-pid", "--note"].contains(name),
                let value = rest.popFirst()
            else { throw .usage("unknown argument, or one without its value") }
            values[name, default: []].append(value)
        }
        guard let port = values["--port"]?.last.flatMap({ UInt16($0) }),
            let dataFolder = values["--data"]?.last, let busyFlow = values["--flow"]?.last,
            let flowdProcess = values["--flowd-pid"]?.last.flatMap({ Int32($0) })
        else { throw .usage("--port, --data, --flow and --flowd-pid are needed") }
        self.port = port
        self.dataFolder = dataFolder
        self.busyFlow = busyFlow
        self.flowdProcess = flowdProcess
        postgresProcess = values["--postgres-pid"]?.last.flatMap { Int32($0) }
        notes = values["--note"] ?? []
    }
}

/// What every load must know of the daemon.
struct Site: Sendable {
    let port: UInt16
    let key: String
    let meter: CostMeter

    init(_ arguments: Arguments) throws(BenchError) {
        port = arguments.port
        let path = arguments.dataFolder + "/owner-api-key"
        guard let bytes = SystemFile.read(path) else { throw .usage("\(path) cannot be read") }
        key = String(decoding: bytes.filter { $0 > 32 }, as: UTF8.self)
        meter = CostMeter(flowd: arguments.flowdProcess, postgres: arguments.postgresProcess)
    }
}
