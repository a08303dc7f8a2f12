// What operators do with numbers.

internal import Glibc
internal import Values

/// Operators between numbers of every kind.
enum Arithmetic {
    /// Nil if the operator is none for these kinds.
    static func apply(_ operation: BinaryOperator, _ left: Dynamic, _ right: Dynamic) throws(Fault)
        -> Dynamic?
    {
        switch (left, right) {
        case (.int(let a), .int(let b)): try apply(operation, a, b)
        case (.float(let a), .float(let b)): apply(operation, a, b)
        case (.int(let a), .float(let b)): apply(operation, Double(a), b)
        case (.float(let a), .int(let b)): apply(operation, a, Double(b))
        case (.decimal(let a), .decimal(let b)): try apply(operation, a, b)
        case (.int(let a), .decimal(let b)): try apply(operation, Decimal96(a), b)
        case (.decimal(let a), .int(let b)): try apply(operation, a, Decimal96(b))
        default: nil
        }
    }

    // MARK: Whole numbers

    static func apply(_ operation: BinaryOperator, _ a: Int64, _ b: Int64) throws(Fault) -> Dynamic? {
        switch operation {
        case .add: .int(try checked(a.addingReportingOverflow(b), "addition", a, "+", b))
        case .subtract: .int(try checked(a.subtractingReportingOverflow(b), "subtraction", a, "-", b))
        case .multiply: .int(try checked(a.multipliedReportingOverflow(by: b), "multiplication", a, "*", b))
        case .divide:
            .int(try checked(try divisible(a, "/", b).dividedReportingOverflow(by: b), "division", a, "/", b))
        case .remainder:
            .int(
                try checked(
                    try divisible(a, "%", b).remainderReportingOverflow(dividingBy: b), "remainder", a, "%", b
                ))
        case .power: .int(try power(a, b))
        case .bitAnd: .int(a & b)
        case .bitOr: .int(a | b)
        case .bitXor: .int(a ^ b)
        // A negative number of bits shifts the other way; too many leave nothing but the sign.
        case .shiftLeft: .int(b < 0 ? a >> (b == .min ? .max : -b) : a << b)
        case .shiftRight: .int(b < 0 ? a << (b == .min ? .max : -b) : a >> b)
        case .range: .range(RangeBox(start: a, end: b, isInclusive: false))
        case .inclusiveRange: .range(RangeBox(start: a, end: b, isInclusive: true))
        default: nil
        }
    }

    private static func checked(
        _ result: (partialValue: Int64, overflow: Bool), _ name: String, _ a: Int64, _ sign: String,
        _ b: Int64
    ) throws(Fault) -> Int64 {
        guard !result.overflow else { throw .arithmetic("\(name) leaves 64 bits: \(a) \(sign) \(b)") }
        return result.partialValue
    }

    private static func divisible(_ a: Int64, _ sign: String, _ b: Int64) throws(Fault) -> Int64 {
        guard b != 0 else { throw .arithmetic("division by zero: \(a) \(sign) \(b)") }
        return a
    }

    private static func power(_ base: Int64, _ exponent: Int64) throws(Fault) -> Int64 {
        guard exponent >= 0 else {
            throw .arithmetic("a whole number to a negative power: \(base) ** \(exponent)")
        }
        var result: Int64 = 1
        var square = base
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 {
                let product = result.multipliedReportingOverflow(by: square)
                guard !product.overflow else {
                    throw .arithmetic("power leaves 64 bits: \(base) ** \(exponent)")
                }
                result = product.partialValue
            }
            rest >>= 1
            guard rest > 0 else { break }
            let product = square.multipliedReportingOverflow(by: square)
            guard !product.overflow else { throw .arithmetic("power leaves 64 bits: \(base) ** \(exponent)") }
            square = product.partialValue
        }
        return result
    }

    // MARK: Floating-point numbers

    private static func apply(_ operation: BinaryOperator, _ a: Double, _ b: Double) -> Dynamic? {
        switch operation {
        case .add: .float(a + b)
        case .subtract: .float(a - b)
        case .multiply: .float(a * b)
        case .divide: .float(a / b)
        case .remainder: .float(fmod(a, b))
        case .power: .float(pow(a, b))
        default: nil
        }
    }

    // MARK: Decimals

    private static func apply(_ operation: BinaryOperator, _ a: Decimal96, _ b: Decimal96) throws(Fault)
        -> Dynamic?
    {
        switch operation {
        case .add: .decimal(try checked(a.adding(b), "addition", a, "+", b))
        case .subtract: .decimal(try checked(a.subtracting(b), "subtraction", a, "-", b))
        case .multiply: .decimal(try checked(a.multiplied(by: b), "multiplication", a, "*", b))
        case .divide: .decimal(try checked(try divisible(a, "/", b).divided(by: b), "division", a, "/", b))
        case .remainder:
            .decimal(try checked(try divisible(a, "%", b).remainder(dividingBy: b), "remainder", a, "%", b))
        case .power: .decimal(try power(a, b))
        default: nil
        }
    }

    private static func checked(
        _ result: Decimal96?, _ name: String, _ a: Decimal96, _ sign: String, _ b: Decimal96
    ) throws(Fault) -> Decimal96 {
        guard let result else { throw .arithmetic("\(name) leaves the range of decimals: \(a) \(sign) \(b)") }
        return result
    }

    private static func divisible(_ a: Decimal96, _ sign: String, _ b: Decimal96) throws(Fault) -> Decimal96 {
        guard !b.isZero else { throw .arithmetic("division by zero: \(a) \(sign) \(b)") }
        return a
    }

    private static func power(_ base: Decimal96, _ exponent: Decimal96) throws(Fault) -> Decimal96 {
        do {
            return try base.power(exponent)
        } catch {
            throw .arithmetic("power has no value as a decimal: \(base) ** \(exponent)")
        }
    }

    // MARK: One operand

    /// Nil if the operator is none for this kind.
    static func apply(_ operation: UnaryOperator, _ value: Dynamic) throws(Fault) -> Dynamic? {
        switch (operation, value) {
        case (.minus, .int(let number)):
            guard number != .min else { throw .arithmetic("negation leaves 64 bits: -\(number)") }
            return .int(-number)
        case (.minus, .float(let number)): return .float(-number)
        case (.minus, .decimal(let number)): return .decimal(number.negated)
        case (.plus, .int), (.plus, .float), (.plus, .decimal): return value
        case (.not, .bool(let flag)): return .bool(!flag)
        default: return nil
        }
    }
}
