// How many bytes of request bodies a loop has on their way. A value, owned by its reactor.

internal import Dialect
internal import Primitives

/// Counts the bytes that have been promised to senders. Strangers have a bound of their own, so that they cannot keep
/// anybody else from sending.
struct BodyBudget {
    /// Room for one body. Whoever takes it gives it back.
    struct Share {
        let bytes: Int
        let sender: BodyAllowance
    }

    private var bytes = 0
    private var strangerBytes = 0

    /// Room for so many bytes; nil if there is not enough.
    mutating func take(_ count: Int, for sender: BodyAllowance) -> Share? {
        guard bytes + count <= Limits.bodyBytesInProgressMax else { return nil }
        if case .stranger = sender {
            guard strangerBytes + count <= Limits.strangerBodyBytesInProgressMax else { return nil }
            strangerBytes += count
        }
        bytes += count
        return Share(bytes: count, sender: sender)
    }

    mutating func giveBack(_ share: Share) {
        bytes -= share.bytes
        if case .stranger = share.sender { strangerBytes -= share.bytes }
    }
}
