// Which lane has a run.

public import Primitives

extension RunID {
    /// Which of `count` lanes owns this run. The random half decides, so runs of one millisecond spread.
    public func lane(of count: Int) -> Int { Int(id.low % UInt64(count)) }
}
