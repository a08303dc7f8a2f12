// Expressions as steps. Each leaves one value on the stack.

internal import Primitives

extension Compiler {
    /// Leaves the value of an expression on the stack.
    mutating func compile(_ expression: Expression) throws(RhaiError) {
        let base = scope.height
        switch expression {
        case .constant(let constant, let position): emitConstant(constant, at: position)
        case .variable(let name, let position): try compileVariable(name, at: position)
        case .global(let name, let position): emit(.loadGlobal, 0, self.name(name), at: position)
        case .this(let position): emit(.load, 0, name("this"), at: position)
        case .array(let elements, let position):
            for element in elements { try compile(element) }
            emit(.makeArray, elements.count, at: position)
        case .map(let entries, let position):
            for entry in entries { try compile(entry.value) }
            scope.tables.shapes.append(entries.map(\.key))
            emit(.makeMap, scope.tables.shapes.count - 1, at: position)
        case .text(let pieces, let position):
            for piece in pieces { try compile(piece) }
            emit(.makeText, pieces.count, at: position)
        case .unary(let operation, let operand, let position):
            try compile(operand)
            emit(.unary, Compiler.number(of: operation), at: position)
        case .binary(let first, let tail):
            try compile(first)
            for part in tail { try compile(part, base: base) }
        case .chain(let root, let links): try compileChain(root, links)
        case .call(let name, let arguments, let position): try compileCall(name, arguments, at: position)
        case .closure(let function): try compileClosure(function)
        case .block(let block): try compileBlock(block)
        case .conditional(let branches, let otherwise): try compile(branches, otherwise: otherwise)
        case .selection(let selection): try compile(selection)
        case .loop(let loop): try compile(loop)
        }
        scope.height = base + 1
    }

    private mutating func emitConstant(_ constant: Constant, at position: Position) {
        switch constant {
        case .unit: emit(.unit, at: position)
        case .bool(let value): emit(.boolean, value ? 1 : 0, at: position)
        case .int(let value) where Int32(exactly: value) != nil: emit(.integer, Int(value), at: position)
        default: emit(.constant, self.constant(constant), at: position)
        }
    }

    private static func number(of operation: UnaryOperator) -> Int {
        switch operation {
        case .minus: 0
        case .plus: 1
        case .not: 2
        }
    }

    /// A name that is no variable may be a function of the script.
    private mutating func compileVariable(_ name: String, at position: Position) throws(RhaiError) {
        let isFunction = functionNames.contains(name)
        if let variable = try scope.resolve(name, at: position) {
            let mayBeInput = isFunction && variable.slot < 0
            emit(mayBeInput ? .loadFree : .load, Int(variable.slot), self.name(name), at: position)
        } else if isFunction {
            emit(.constant, constant(.string(name)), at: position)
            emit(.makePointer, at: position)
        } else {
            emitFailure(.variable(name), at: position)
        }
    }

    private mutating func compile(_ part: BinaryTail, base: Int) throws(RhaiError) {
        switch part.operation {
        case .and, .or:
            let isAnd = part.operation == .and
            let decided = emitJump(isAnd ? .jumpIfFalseKeeping : .jumpIfTrueKeeping, at: part.position)
            scope.height = base
            try compile(part.right)
            emit(.checkBool, Int(part.operation.rawValue), at: part.position)
            land(decided)
        case .coalesce:
            let present = emitJump(.jumpUnlessUnitKeeping, at: part.position)
            scope.height = base
            try compile(part.right)
            land(present)
        default:
            try compile(part.right)
            emit(.binary, Int(part.operation.rawValue), at: part.position)
        }
        scope.height = base + 1
    }

    // MARK: Closures

    private mutating func compileClosure(_ function: FunctionSyntax) throws(RhaiError) {
        isBrief = false
        let outside = scope
        let inner = FunctionScope(parent: outside, isMain: false, parameters: function.parameters)
        inner.blockDepth = 1
        scope = inner
        try compileStatements(function.body.statements, at: function.body.position)
        emit(.giveBack, at: function.position)
        scope = outside
        inner.complete()
        let number = codes.count
        codes.append(
            Code(
                name: "anon$\(number)", parameterCount: function.parameters.count, slotCount: inner.slotCount,
                instructions: inner.instructions, positions: inner.positions, tables: inner.tables,
                isLibrary: isLibrary))
        scope.tables.captures.append(inner.outer.map { Capture(name: $0.name, slot: $0.slot) })
        emit(.makeClosure, number, scope.tables.captures.count - 1, at: function.position)
    }

    // MARK: Conditions

    private mutating func compile(_ branches: [Branch], otherwise: Block?) throws(RhaiError) {
        let base = scope.height
        var ends: [Int] = []
        for branch in branches {
            try compile(branch.condition)
            let next = emitJump(.jumpIfFalse, at: branch.condition.position)
            scope.height = base
            try compileBlock(branch.body)
            scope.height = base
            ends.append(emitJump(.jump, at: branch.body.position))
            land(next)
        }
        if let otherwise {
            try compileBlock(otherwise)
        } else {
            emit(.unit, at: branches[0].condition.position)
        }
        for end in ends { land(end) }
    }

    /// Cases with values come before those with ranges, each in order.
    private mutating func compile(_ selection: SwitchSyntax) throws(RhaiError) {
        let base = scope.height
        let mark = scope.mark
        scope.blockDepth += 1
        try compile(selection.subject)
        let subject = scope.hiddenSlot()
        emit(.declare, Int(subject), at: selection.position)
        scope.height = base
        var bodies: [[Int]] = selection.cases.map { _ in [] }
        for areRanges in [false, true] {
            for (number, part) in selection.cases.enumerated() {
                for pattern in part.patterns where pattern.isRange == areRanges {
                    bodies[number].append(try compile(pattern, part.condition, subject: subject))
                    scope.height = base
                }
            }
        }
        if let otherwise = selection.otherwise {
            try compileBlock(otherwise)
        } else {
            emit(.unit, at: selection.position)
        }
        var ends = [emitJump(.jump, at: selection.position)]
        for (number, part) in selection.cases.enumerated() {
            for jump in bodies[number] { land(jump) }
            scope.height = base
            try compileBlock(part.body)
            ends.append(emitJump(.jump, at: part.body.position))
        }
        for end in ends { land(end) }
        scope.blockDepth -= 1
        scope.forget(to: mark)
    }

    /// A jump that is taken if the pattern and its condition hold.
    private mutating func compile(
        _ pattern: SwitchSyntax.Pattern, _ condition: Expression?, subject: Int32
    ) throws(RhaiError) -> Int {
        let position: Position
        switch pattern {
        case .value(let value):
            position = value.position
            emit(.load, Int(subject), 0, at: position)
            scope.height += 1
            try compile(value)
            emit(.same, at: position)
        case .range(let from, let to, let isInclusive):
            position = condition?.position ?? .none
            emit(.load, Int(subject), 0, at: position)
            scope.height += 1
            scope.tables.ranges.append(CaseRange(from: from, to: to, isInclusive: isInclusive))
            emit(.isInRange, scope.tables.ranges.count - 1, at: position)
        }
        guard let condition else { return emitJump(.jumpIfTrue, at: position) }
        let next = emitJump(.jumpIfFalse, at: position)
        scope.height -= 1
        try compile(condition)
        let taken = emitJump(.jumpIfTrue, at: condition.position)
        land(next)
        return taken
    }
}

extension SwitchSyntax.Pattern {
    fileprivate var isRange: Bool {
        if case .range = self { true } else { false }
    }
}

extension Fault {
    static func variable(_ name: String) -> Fault {
        Fault(
            .variableNotFound,
            name == "this" ? "'this' is not bound to a value" : "variable not found: \(name)",
            name: name == "this" ? "ErrorUnboundThis" : nil)
    }
}
