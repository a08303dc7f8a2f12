// Long lists over tables: as many flows as a list may name, by their numbers and by their UUIDs in turn.

internal import Primitives
internal import Wire

/// One connection that makes the flows, and then asks each table for them, by either name in turn.
struct TableLoad: Load {
    /// What is asked by one column of a table, and the nanoseconds that each answer took.
    struct Question: Sendable {
        let column: String
        let byNumber: [UInt8]
        let byUUID: [UInt8]
        var numberTimes: [Int64] = []
        var uuidTimes: [Int64] = []

        /// Half of the answers by number, and by UUID, took at most so long.
        var medians: (number: Int64, uuid: Int64) {
            (
                LatencyFigure.percentile(50, of: numberTimes.sorted()),
                LatencyFigure.percentile(50, of: uuidTimes.sorted())
            )
        }

        var cells: [String] {
            let (number, uuid) = medians
            return [
                column, Text.fixed(Double(number) / 1e6, digits: 2),
                Text.fixed(Double(uuid) / 1e6, digits: 2),
                Text.fixed(Double(uuid) / Double(max(1, number)), digits: 2),
            ]
        }
    }

    let name = "lists over tables"
    let site: Site
    let requestConnections = 1
    let sockets = 0
    private(set) var figure: [Question]?

    private var questions: [Question] = []
    private var asked = 0
    private var sent: Int64 = 0

    init(site: Site) { self.site = site }

    mutating func begin(_ wires: inout Wires) {
        let rows = repeatElement(#"{"name":"listed","nodes":[],"edges":[]}"#, count: Plan.listedFlows)
        wires.request(
            Requests.tables(
                "POST", "flows?select=id,uuid", body: "[" + rows.joined(separator: ",") + "]", key: site.key),
            on: 0)
    }

    mutating func answered(_ connection: Int, _ body: [UInt8], _ wires: inout Wires) throws(BenchError) {
        if questions.isEmpty {
            questions = try TableLoad.questions(of: body, key: site.key)
        } else {
            let (question, isUUID) = (asked / 2 % questions.count, asked % 2 == 1)
            // The first round fills caches.
            if asked >= 2 * questions.count {
                if isUUID {
                    questions[question].uuidTimes.append(wires.now - sent)
                } else {
                    questions[question].numberTimes.append(wires.now - sent)
                }
            }
            asked += 1
        }
        guard asked < 2 * questions.count * (Plan.listRounds + 1) else { return figure = questions }
        let question = questions[asked / 2 % questions.count]
        sent = wires.now
        wires.request(asked % 2 == 1 ? question.byUUID : question.byNumber, on: 0)
    }

    mutating func due(_ timer: LoadTimer, _ wires: inout Wires) {}

    private static func questions(of body: [UInt8], key: String) throws(BenchError) -> [Question] {
        guard let rows = (try? JSONValue.parse(body))?.array, rows.count == Plan.listedFlows else {
            throw .malformed("the flows that were made are not told")
        }
        let numbers = rows.compactMap { $0["id"]?.number?.literal }.joined(separator: ",")
        let uuids = rows.compactMap { $0["uuid"]?.string }.joined(separator: ",")
        return [("flows", "id"), ("flow_run", "flow_id"), ("flow_deployments", "entrypoint")].map {
            table, column in
            func request(_ list: String) -> [UInt8] {
                Requests.tables("GET", "\(table)?select=id&\(column)=in.(\(list))", body: "", key: key)
            }
            return Question(column: "\(table).\(column)", byNumber: request(numbers), byUUID: request(uuids))
        }
    }
}
