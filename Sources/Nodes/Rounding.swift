// Which way digits are rounded when some of them are dropped. Pure.

/// The ways that spreadsheets and accountants know. `up` and `down` go by the magnitude, `floor` and `ceil` by the number.
enum Rounding: String, CaseIterable {
    /// A half goes to the even neighbour.
    case halfEven = "half_even"
    /// A half goes away from zero.
    case halfUp = "half_up"
    /// Away from zero.
    case up
    /// Towards zero.
    case down
    case floor
    case ceil

    static let names = allCases.map(\.rawValue)

    /// The magnitude of a number without its last `count` digits.
    func dropping(_ count: Int, of magnitude: UInt128, isNegative: Bool) -> UInt128 {
        guard count > 0 else { return magnitude }
        guard let unit = UInt128.powerOfTen(count) else {
            // Beyond 38 digits all are dropped, and what is dropped is less than a half.
            return increases(0, rest: magnitude, half: .max, isNegative: isNegative) ? 1 : 0
        }
        let (quotient, rest) = magnitude.quotientAndRemainder(dividingBy: unit)
        return increases(quotient, rest: rest, half: unit / 2, isNegative: isNegative)
            ? quotient + 1 : quotient
    }

    private func increases(_ quotient: UInt128, rest: UInt128, half: UInt128, isNegative: Bool) -> Bool {
        guard rest > 0 else { return false }
        return switch self {
        case .halfEven: rest > half || rest == half && quotient % 2 == 1
        case .halfUp: rest >= half
        case .up: true
        case .down: false
        case .floor: isNegative
        case .ceil: !isNegative
        }
    }
}

extension UInt128 {
    /// Nil if it does not fit; 10 to the 38th does.
    static func powerOfTen(_ exponent: Int) -> UInt128? {
        guard (0...38).contains(exponent) else { return nil }
        return (0..<exponent).reduce(1) { power, _ in power * 10 }
    }
}
