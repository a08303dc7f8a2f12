// Functions for decimals.

internal import Glibc
internal import Values

extension Library {
    static func addDecimals(to library: inout LibraryBuilder) {
        let roundings: [(String, Decimal96.Rounding)] = [
            ("floor", .floor), ("ceiling", .ceiling), ("int", .down), ("round", .halfEven),
        ]
        for (name, rounding) in roundings {
            library.add(name, [.decimal], .property) { (value, arguments, _) throws(Fault) in
                guard case .decimal(let number) = value else { return nil }
                if arguments.count == 0 { return .decimal(number.rounded(to: 0, rounding)) }
                guard name == "round", let places = arguments.int else { return nil }
                return .decimal(number.rounded(to: try checked(places), rounding))
            }
        }
        let directed: [(String, Decimal96.Rounding)] = [
            ("round_up", .up), ("round_down", .down), ("round_half_up", .halfUp),
            ("round_half_down", .halfDown),
        ]
        for (name, rounding) in directed {
            library.add(name, [.decimal]) { (value, arguments, _) throws(Fault) in
                guard case .decimal(let number) = value, let places = arguments.int else { return nil }
                return .decimal(number.rounded(to: try checked(places), rounding))
            }
        }
        library.add("fraction", [.decimal], .property) { (value, arguments, _) throws(Fault) in
            guard case .decimal(let number) = value, arguments.count == 0 else { return nil }
            return number.subtracting(number.rounded(to: 0, .down)).map { .decimal($0) }
        }
        library.add("scale", [.decimal]) { (value, arguments, _) throws(Fault) in
            guard case .decimal(let number) = value, arguments.count == 0 else { return nil }
            return .int(Int64(number.scale))
        }
        addFunctions(to: &library)
    }

    private static func checked(_ places: Int64) throws(Fault) -> Int {
        guard places >= 0 else { throw .arithmetic("a number of digits cannot be below zero: \(places)") }
        return Int(min(places, 28))
    }

    /// These are worked out as floating-point numbers, to sixteen digits; the square root is made exact from there.
    private static func addFunctions(to library: inout LibraryBuilder) {
        let functions: [(String, @Sendable (Double) -> Double)] = [
            ("sin", { sin($0) }), ("cos", { cos($0) }), ("tan", { tan($0) }), ("exp", { exp($0) }),
            ("ln", { Glibc.log($0) }), ("log", { log10($0) }), ("log10", { log10($0) }),
        ]
        for (name, function) in functions {
            library.add(name, [.decimal]) { (value, arguments, _) throws(Fault) in
                guard case .decimal(let number) = value, arguments.count == 0 else { return nil }
                guard let result = Decimal96(rounding: function(number.double)) else {
                    throw .arithmetic("\(name) has no value as a decimal: \(number)")
                }
                return .decimal(result)
            }
        }
        library.add("sqrt", [.decimal]) { (value, arguments, _) throws(Fault) in
            guard case .decimal(let number) = value, arguments.count == 0 else { return nil }
            guard let root = number.squareRoot else {
                throw .arithmetic("a decimal below zero has no square root: \(number)")
            }
            return .decimal(root)
        }
    }
}

extension Decimal96 {
    /// What becomes of digits that are cut off.
    enum Rounding: Sendable {
        /// Towards minus and plus infinity.
        case floor, ceiling
        /// Away from and towards zero.
        case up, down
        /// To the nearest; the names say what becomes of a half.
        case halfEven, halfUp, halfDown
    }

    /// The number with at most so many digits behind the point.
    func rounded(to places: Int, _ rounding: Rounding) -> Decimal96 {
        guard scale > places else { return self }
        var unit: UInt128 = 1
        for _ in places..<scale { unit *= 10 }
        let (quotient, rest) = mantissa.quotientAndRemainder(dividingBy: unit)
        let grows: Bool =
            switch rounding {
            case .floor: isNegative && rest > 0
            case .ceiling: !isNegative && rest > 0
            case .up: rest > 0
            case .down: false
            case .halfEven: rest * 2 > unit || (rest * 2 == unit && quotient & 1 == 1)
            case .halfUp: rest * 2 >= unit
            case .halfDown: rest * 2 > unit
            }
        // A number with a digit less has room for one more.
        return Decimal96(mantissa: grows ? quotient + 1 : quotient, scale: places, isNegative: isNegative)
            ?? self
    }

    /// Nil below zero. Newton's steps from the nearest floating-point number double its digits.
    var squareRoot: Decimal96? {
        guard !isNegative, !isZero else { return isZero ? .zero : nil }
        guard let start = Decimal96(rounding: double.squareRoot()), !start.isZero, let half = Decimal96("0.5")
        else {
            return .zero
        }
        var root = start
        for _ in 0..<3 {
            guard let quotient = divided(by: root), let sum = root.adding(quotient),
                let next = sum.multiplied(by: half)
            else { break }
            if next == root { break }
            root = next
        }
        return root.normalized
    }
}
