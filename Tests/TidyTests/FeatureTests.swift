import Testing

/// What a lane keeps for each of its features, and the folder of the feature. Nobody else touches it: others call a
/// function of the feature. The lane itself makes the values.
private let state: [(name: String, folder: String)] = [
    ("starts", "Starting"), ("work", "Work"), ("resumptions", "Resuming"), ("draining", "Resuming"),
    ("hasDrained", "Resuming"), ("elsewhere", "Elsewhere"), ("times", "Lane"), ("entries", "Lane"),
    ("touched", "Lane"), ("endedRuns", "Lane"), ("readers", "Reading"),
]

/// What the lane's folder and its features offer to each other: the functions of `RunLane` that may be called from another
/// folder. That of the lane's own folder is the handle that features have of it. A line more is a decision.
private let offers: [String: Set<String>] = [
    "Lane": ["add", "advanceRuns", "end", "ended", "record", "schedule", "steady", "take"],
    "Starting": ["begin", "flowFound", "gather", "lookAtStarts", "prepare", "start"],
    "Work": ["again", "carryOut", "checkTimes", "hold", "mayRetry", "startHeldWork"],
    "Controls": ["carryOut", "control"],
    "Waits": [
        "begin", "beginEarlyWaits", "cancel", "expire", "signatureRequest", "takeUp", "tell", "tellLeft",
    ],
    "Resuming": [
        "drain", "drainIsOver", "finishDraining", "isHeldBack", "isResuming", "leaveRuns",
        "makeRoomForCallers",
        "preparationFailed", "prepared", "resumeAgain", "withdrawResuming",
    ],
    "Elsewhere": [
        "awaitSignatureElsewhere", "awaitedRunsDue", "lookElsewhereDue", "refuseRemoteWaiters",
        "touchedElsewhere", "withdrawElsewhere",
    ],
    "Reading": ["answerReader", "endRead", "isRead", "read", "readAnswered"],
]

/// The parts of `RunLane`, with the folder that each stands in.
private let parts: [(folder: String, file: SourceFile, lines: [Substring])] = Repository.sources
    .filter { $0.path.contains("/RunLane") && $0.target == "Engine" }
    .map { file in
        // What stands behind the type are other types of the file.
        let begin =
            file.lines.firstIndex { $0.contains("RunLane") && $0.hasSuffix("{") } ?? file.lines.endIndex
        let end = file.lines[begin...].firstIndex { $0 == "}" } ?? file.lines.endIndex
        return (String(file.path.split(separator: "/")[2]), file, Array(file.lines[begin..<end]))
    }

@Suite struct `A feature of a lane` {
    @Test func `is the only one that touches its state`() {
        #expect(parts.count > 15)
        for (name, folder) in state {
            #expect(
                parts.contains { $0.folder == folder && $0.file.text.contains(name) }, "nobody has \(name)")
            for part in parts where part.folder != folder {
                for line in part.lines where !isMade(name, in: line) {
                    let found = line.matches(of: /(?:^|[^.\w`"])(?:self\.)?(\w+)(?:\.|\[|\?| =)/)
                        .contains { $0.1 == name }
                    let isLocal = line.contains("let \(name)") || line.contains("///")
                    #expect(!found || isLocal, "\(part.file) touches \(name): \(line)")
                }
            }
        }
    }

    @Test func `is used by others through what it offers, and so is the lane`() {
        var owners: [String: Set<String>] = [:]
        for part in parts {
            for line in part.lines {
                if let name = line.firstMatch(of: /^    (?:nonisolated )?func (\w+)/)?.1 {
                    owners[String(name), default: []].insert(part.folder)
                }
            }
        }
        var used: [String: Set<String>] = [:]
        for part in parts {
            for line in part.lines where !line.contains("///") && !line.contains("func ") {
                for call in line.matches(of: /(?:^|[^.\w`"])(?:self\.)?(\w+)\(/) {
                    let name = String(call.1)
                    guard let of = owners[name], !of.contains(part.folder) else { continue }
                    let offering = of.filter { offers[$0]?.contains(name) == true }
                    #expect(!offering.isEmpty, "\(part.file) uses \(name) of \(of): \(line)")
                    for folder in offering { used[folder, default: []].insert(name) }
                }
            }
        }
        for (folder, names) in offers {
            let unused = names.subtracting(used[folder] ?? [])
            #expect(unused.isEmpty, "nobody outside of \(folder) uses \(unused)")
        }
    }

    private func isMade(_ name: String, in line: Substring) -> Bool {
        line.contains("var \(name)") || line.contains("\(name) = Resumptions(")
    }
}
