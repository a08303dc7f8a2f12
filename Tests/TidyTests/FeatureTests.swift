import Testing

/// What a lane keeps for each of its features, and the folder of the feature. Nobody else touches it: others call a
/// function of the feature. The lane itself makes the values.
private let state: [(name: String, folder: String)] = [
    ("starts", "Starting"), ("work", "Work"), ("resumptions", "Resuming"), ("draining", "Resuming"),
    ("elsewhere", "Elsewhere"), ("times", "Lane"), ("readers", "Reading"),
]

@Suite struct `A feature of a lane` {
    @Test func `is the only one that touches its state`() {
        let lanes = Repository.sources.filter { $0.path.contains("/RunLane") && $0.target == "Engine" }
        #expect(lanes.count > 15)
        for (name, folder) in state {
            let isOwner = { (file: SourceFile) in file.path.hasPrefix("Sources/Engine/\(folder)/") }
            #expect(lanes.contains { isOwner($0) && $0.text.contains("\(name)") }, "nobody has \(name)")
            for file in lanes where !isOwner(file) {
                for (number, line) in file.lines.enumerated() where !isMade(name, in: line) {
                    let found = line.matches(of: /(?:^|[^.\w`"])(?:self\.)?(\w+)(?:\.|\[|\?| =)/)
                        .contains { $0.1 == name }
                    let isLocal = line.contains("let \(name)") || line.contains("///")
                    #expect(!found || isLocal, "\(file):\(number + 1) touches \(name)")
                }
            }
        }
    }

    private func isMade(_ name: String, in line: Substring) -> Bool {
        line.contains("var \(name)") || line.contains("\(name) = Resumptions(")
    }
}
