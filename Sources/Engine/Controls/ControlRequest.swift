// The wish to control a run.

public import Primitives

/// The wish to control a run (spec flow-engine 9).
public struct ControlRequest: Sendable {
    public let run: RunID
    public let kind: RunControl.Kind
    /// What the caller has proved; any one of them may suffice.
    public let principals: [Principal]
    /// How long running nodes of a stopped run may still finish; zero cancels at once. Capped at
    /// `Limits.stopMillisecondsMax`.
    public let grace: Duration
    public let reason: String?

    public init(
        _ kind: RunControl.Kind, of run: RunID, principals: [Principal], grace: Duration = .zero,
        reason: String? = nil
    ) {
        self.run = run
        self.kind = kind
        self.principals = principals
        self.grace = grace
        self.reason = reason
    }

    /// The control that the caller may ask for; nil if the run admits none. Those the run is shared with may keep it from
    /// acting, and nothing else, and no event tells their reason (spec flow-engine 9.7).
    func control(of access: RunAccess) -> RunControl? {
        guard access.admits(principals) else { return nil }
        guard access.isOwned(by: principals) else {
            return kind == .stop ? RunControl(.stopActs, of: run, grace: grace) : nil
        }
        return RunControl(kind, of: run, grace: grace, reason: reason)
    }
}
