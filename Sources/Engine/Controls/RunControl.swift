// What can be asked of a run while it is alive. Plain values.

public import Primitives

/// Something that somebody has asked of a run, and was permitted to ask.
public struct RunControl: Hashable, Sendable {
    /// What is asked. The words are those of the record.
    public enum Kind: String, Sendable, CaseIterable {
        /// The run ends.
        case stop
        /// The run may go on, but neither sign nor send anything (spec flow-engine 9.7).
        case stopActs = "stop_acts"
        /// No node starts any more; those at work end, and waits keep their deadlines.
        case pause
        /// Nodes start again.
        case resume

        /// What it is about.
        public var topic: Topic {
            switch self {
            case .stop: .end
            case .stopActs: .acts
            case .pause, .resume: .pause
            }
        }

        /// True if it holds for the runs that the run starts as well. Those that it waits for when it is stopped are stopped
        /// by their waits.
        var holdsForNestedRuns: Bool {
            switch self {
            case .stop: false
            case .stopActs, .pause, .resume: true
            }
        }

        /// True if nothing can take it back. Of several others the one counts that is written down last, so a lane carries
        /// out what the record says and not what it was asked itself.
        var isFinal: Bool { topic != .pause }
    }

    /// Of several controls of a topic one holds. A repeated one changes nothing (spec flow-engine 9.1); one of another
    /// kind takes the place of the one before.
    public enum Topic: String, Sendable, CaseIterable {
        case end, acts, pause
    }

    /// The run of which it was asked. It may hold for runs nested in this one.
    public let run: RunID
    public let kind: Kind
    /// How long running nodes of a stopped run may still finish, in whole milliseconds from 0 to
    /// `Limits.stopMillisecondsMax`.
    public let grace: Duration
    /// Why it was asked: at most `Limits.controlReasonBytesMax` bytes, the rest is cut.
    public let reason: String?

    public init(_ kind: Kind, of run: RunID, grace: Duration = .zero, reason: String? = nil) {
        self.run = run
        self.kind = kind
        self.grace = min(max(grace, .zero), .milliseconds(Limits.stopMillisecondsMax))
        self.reason = reason.map { RunControl.cut($0) }
    }

    private static func cut(_ reason: String) -> String {
        guard reason.utf8.count > Limits.controlReasonBytesMax else { return reason }
        var byteCount = 0
        let kept = reason.unicodeScalars.prefix { scalar in
            byteCount += UTF8.width(scalar)
            return byteCount <= Limits.controlReasonBytesMax
        }
        return String(String.UnicodeScalarView(kept))
    }
}

extension [RunControl] {
    /// Lets a control hold; false if it holds already.
    mutating func hold(_ control: RunControl) -> Bool {
        guard let place = firstIndex(where: { $0.run == control.run && $0.kind.topic == control.kind.topic })
        else {
            append(control)
            return true
        }
        guard self[place].kind != control.kind else { return false }
        self[place] = control
        return true
    }
}
