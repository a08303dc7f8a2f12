// The numbers from a start towards an end, as the range node gives them (spec flow-engine 5.8).

internal import Engine
internal import Primitives
internal import Values

/// Numbers one step apart, the end excluded, upwards or downwards.
struct DecimalRange {
    /// How many elements are made between two checks for cancellation: well below a millisecond.
    private static let elementsPerLook = 4_096

    private let start: Decimal96
    /// Has the sign of the direction.
    private let step: Decimal96
    private let count: Int

    /// Counts the elements. The sign of `step` does not matter.
    init(start: Decimal96, end: Decimal96, step: Decimal96) throws(NodeFailure) {
        self.start = start
        guard start != end else {
            self.step = step
            count = 0
            return
        }
        guard !step.isZero else { throw NodeFailure("step must not be zero") }
        guard let distance = end.subtracting(start) else {
            throw NodeFailure("range is wider than a decimal number can be")
        }
        self.step = distance.isNegative ? step.magnitude.negated : step.magnitude
        count = try DecimalRange.count(distance: distance.magnitude, step: step.magnitude)
    }

    /// How often the step fits into the distance, and once more for a rest.
    private static func count(distance: Decimal96, step: Decimal96) throws(NodeFailure) -> Int {
        let bound = Limits.rangeElementsMax
        guard let rest = distance.remainder(dividingBy: step), let even = distance.subtracting(rest),
            let steps = even.divided(by: step),
            let total = rest.isZero ? steps : steps.adding(Decimal96(UInt64(1)))
        else {
            throw NodeFailure("range would produce too many elements, maximum is \(bound)")
        }
        guard total <= Decimal96(UInt64(bound)), let count = total.exactly(Int.self) else {
            throw NodeFailure("range would produce \(total.normalized) elements, maximum is \(bound)")
        }
        return count
    }

    /// The numbers; fails early when they are no longer wanted.
    func elements(cancellation: NodeCancellation) throws(NodeFailure) -> [Value] {
        var elements: [Value] = []
        elements.reserveCapacity(count)
        var current = start
        for index in 0..<count {
            if index > 0 {
                guard let next = current.adding(step) else {
                    throw NodeFailure("range leaves the decimal numbers")
                }
                current = next
            }
            if index % DecimalRange.elementsPerLook == 0, cancellation.isCancelled {
                throw .cancelled
            }
            elements.append(.decimal(current))
        }
        return elements
    }
}
