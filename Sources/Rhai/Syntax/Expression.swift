// What a script says, as a tree. Its depth is bounded by the parser; everything that a script may repeat is a list.

internal import Values

/// A value that stands in a script.
enum Constant: Sendable, Equatable {
    case unit
    case bool(Bool)
    case int(Int64)
    case float(Double)
    case char(Unicode.Scalar)
    case string(String)
}

/// Something that has a value.
indirect enum Expression: Sendable {
    case constant(Constant, Position)
    case variable(String, Position)
    /// A constant of the top level, as `global::NAME`.
    case global(String, Position)
    case this(Position)
    case array([Expression], Position)
    case map([(key: String, value: Expression)], Position)
    /// The pieces of a string with `${…}`.
    case text([Expression], Position)
    case unary(UnaryOperator, Expression, Position)
    /// Operators of a row, applied from left to right.
    case binary(Expression, [BinaryTail])
    /// A value followed by properties, indices and calls of methods.
    case chain(Expression, [Link])
    case call(String, [Expression], Position)
    case closure(FunctionSyntax)
    case block(Block)
    case conditional([Branch], otherwise: Block?)
    case selection(SwitchSyntax)
    case loop(LoopSyntax)

    var position: Position {
        switch self {
        case .constant(_, let position), .variable(_, let position), .global(_, let position),
            .this(let position), .array(_, let position), .map(_, let position), .text(_, let position),
            .unary(_, _, let position), .call(_, _, let position):
            position
        case .binary(let first, _), .chain(let first, _): first.position
        case .closure(let function): function.position
        case .block(let block): block.position
        case .conditional(let branches, _): branches[0].body.position
        case .selection(let selection): selection.position
        case .loop(let loop): loop.position
        }
    }
}

/// An operator with its right side.
struct BinaryTail: Sendable {
    let operation: BinaryOperator
    let right: Expression
    let position: Position
}

/// One step behind a value.
struct Link: Sendable {
    enum Kind: Sendable {
        case property(String)
        case index(Expression)
        case method(String, [Expression])
    }

    let kind: Kind
    /// True for `?.` and `?[`, which end the whole row at a missing value.
    let isSafe: Bool
    let position: Position
}

/// A condition with what is done if it holds.
struct Branch: Sendable {
    let condition: Expression
    let body: Block
}

/// A `switch` with its cases in order.
struct SwitchSyntax: Sendable {
    enum Pattern: Sendable {
        case value(Expression)
        /// Nil for an open end.
        case range(from: Int64?, to: Int64?, isInclusive: Bool)
    }

    struct Case: Sendable {
        let patterns: [Pattern]
        let condition: Expression?
        let body: Block
    }

    let subject: Expression
    let cases: [Case]
    let otherwise: Block?
    let position: Position
}

/// A loop of any kind.
struct LoopSyntax: Sendable {
    enum Kind: Sendable {
        case endless
        case whileTrue(Expression)
        /// A test behind the body: goes on while it has this value.
        case doWhile(Expression, Bool)
        case over(variable: String, counter: String?, Expression)
    }

    let kind: Kind
    let body: Block
    let position: Position
}

/// A function or a closure.
struct FunctionSyntax: Sendable {
    let name: String
    let parameters: [String]
    let body: Block
    let position: Position
}
