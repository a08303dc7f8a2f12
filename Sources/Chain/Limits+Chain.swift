// The bounds of this target: what is sought among values.

public import Primitives

extension Limits {
    /// Values of one message that are tried for being key pairs: a tenth of a second of a worker, and some hundred times what
    /// people send. Over it is 400.
    public static let keyPairsSoughtMax = 4_096
    /// Values that are looked at for key pairs where one is, on a loop or a lane: some ten microseconds. More go to a worker.
    static let keyPairEffortMax = 1_000
    /// As how many values one counts that must be tried: the ratio of their times.
    static let keyPairEffort = 300
}
