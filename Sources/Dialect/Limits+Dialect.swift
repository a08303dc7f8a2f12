// The bounds of this target: what every dialect keeps to.

public import Primitives

extension Limits {
    // MARK: Sockets and HTTP

    /// Bytes of a request from somebody of whom nothing is proved: many times what people send without an account; over it
    /// is 413.
    static let strangerBodyBytesMax = 256 * 1024
    /// Bytes of what the operator brings: an export of the hosted product is a few hundred kilobytes, and larger ones are
    /// read from files by a command.
    public static let operationBodyBytesMax = 32 * 1024 * 1024
    /// Bytes of content, and of a socket's message, that are taken in and read where they come, on a web loop: a millisecond
    /// or two. With more, who sends it is known before it is taken, and a worker reads it.
    public static let immediateBodyBytesMax = 64 * 1024

    // MARK: WebSocket

    /// Milliseconds for which a caller who was let in counts as let in when the answer is there: as good as any that is
    /// on its way. Whoever has waited longer is asked about once more; what storage or a short run answers is faster, and
    /// costs no second question.
    public static let immediateAnswerMilliseconds = 100
    /// Identities that one connection may add up.
    public static let identitiesPerConnectionMax = 64
}
