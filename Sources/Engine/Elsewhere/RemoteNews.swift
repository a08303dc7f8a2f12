// News of other servers on the same database. Plain values that storage makes.

public import Primitives

/// Something that another server may have written down. Says only where to look: what counts is what is stored, so
/// news that is late, repeated or untrue changes nothing.
public enum RemoteNews: Hashable, Sendable {
    /// A request of this run was answered, or somebody controls it.
    case runTouched(RunID)
    /// A run asks for a signature.
    case signatureAsked(SignatureRequestID)
    /// Nobody knows what was missed.
    case anythingHappened
}
