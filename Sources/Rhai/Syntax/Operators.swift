// The operators and how tightly they bind.

/// An operator before a value.
enum UnaryOperator: Sendable {
    case minus, plus, not
}

/// An operator between two values.
enum BinaryOperator: Int32, Sendable {
    case or, bitOr, bitXor
    case and, bitAnd
    case equal, notEqual
    case contained, notContained
    case less, lessOrEqual, greater, greaterOrEqual
    case coalesce
    case range, inclusiveRange
    case add, subtract
    case multiply, divide, remainder
    case power
    case shiftLeft, shiftRight

    /// A greater number binds more tightly. The numbers are the language's own.
    var precedence: Int {
        switch self {
        case .or, .bitOr, .bitXor: 30
        case .and, .bitAnd: 60
        case .equal, .notEqual: 90
        case .contained, .notContained: 110
        case .less, .lessOrEqual, .greater, .greaterOrEqual: 130
        case .coalesce: 135
        case .range, .inclusiveRange: 140
        case .add, .subtract: 150
        case .multiply, .divide, .remainder: 180
        case .power: 190
        case .shiftLeft, .shiftRight: 210
        }
    }

    /// As the language writes it, for errors.
    var text: String {
        switch self {
        case .or: "||"
        case .bitOr: "|"
        case .bitXor: "^"
        case .and: "&&"
        case .bitAnd: "&"
        case .equal: "=="
        case .notEqual: "!="
        case .contained: "in"
        case .notContained: "!in"
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        case .coalesce: "??"
        case .range: ".."
        case .inclusiveRange: "..="
        case .add: "+"
        case .subtract: "-"
        case .multiply: "*"
        case .divide: "/"
        case .remainder: "%"
        case .power: "**"
        case .shiftLeft: "<<"
        case .shiftRight: ">>"
        }
    }
}
