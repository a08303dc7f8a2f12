// What the math node can do with two numbers (spec nodes 2.4).

internal import Values

/// One of six operations on decimals, with the error texts that flows may look for.
enum Calculation: String {
    case addition = "+"
    case subtraction = "-"
    case multiplication = "*"
    case division = "/"
    case modulo = "%"
    case power = "^"

    /// The operation of this sign, which may have white space around it.
    init(_ text: String) throws(NodeFailure) {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == 1, let operation = Calculation(rawValue: String(words[0])) else {
            throw NodeFailure("unknown operator '\(text.prefix(32))', expected +, -, *, /, %, ^")
        }
        self = operation
    }

    func result(_ left: Decimal96, _ right: Decimal96) throws(NodeFailure) -> Decimal96 {
        let result: Decimal96?
        switch self {
        case .addition: result = left.adding(right)
        case .subtraction: result = left.subtracting(right)
        case .multiplication: result = left.multiplied(by: right)
        case .division, .modulo:
            guard !right.isZero else { throw NodeFailure("\(self) by zero") }
            result = self == .division ? left.divided(by: right) : left.remainder(dividingBy: right)
        case .power:
            do { return try left.power(right) } catch { throw NodeFailure(error.text) }
        }
        guard let result else { throw NodeFailure("\(self) overflow") }
        return result
    }
}

extension DecimalPowerError {
    fileprivate var text: String {
        switch self {
        case .overflow: "power overflow"
        case .divisionByZero: "division by zero"
        case .undefined: "a negative number has only whole powers"
        }
    }
}
