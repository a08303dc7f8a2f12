// What a script does, as a tree.

/// Statements with variables of their own. The last one's value is the block's.
struct Block: Sendable {
    let statements: [Statement]
    let position: Position
}

/// One step of a block.
indirect enum Statement: Sendable {
    case expression(Expression)
    case declaration(name: String, value: Expression?, isConstant: Bool, Position)
    /// `target = value`, or with an operator `target += value`.
    case assignment(target: Expression, operation: BinaryOperator?, value: Expression, Position)
    case leave(value: Expression?, Position)
    case proceed(Position)
    case giveBack(value: Expression?, Position)
    case raise(value: Expression?, Position)
    case attempt(body: Block, variable: String?, handler: Block, Position)
}
