// Translates a script into steps. Goes down as deep as its tree, which the parser has bounded.

internal import Primitives

/// Translates one script.
struct Compiler {
    let functionIndex: [FunctionKey: Int]
    /// The names of all functions of the script.
    let functionNames: Set<String>
    let isLibrary: Bool
    var codes: [Code?]
    var scope: FunctionScope
    /// False once something was met that may take long.
    var isBrief = true

    /// A function by its name and number of parameters.
    struct FunctionKey: Hashable {
        let name: String
        let count: Int
    }

    private init(_ syntax: ScriptSyntax, isLibrary: Bool) {
        var index: [FunctionKey: Int] = [:]
        for (number, function) in syntax.functions.enumerated() {
            index[FunctionKey(name: function.name, count: function.parameters.count)] = number
        }
        functionIndex = index
        functionNames = Set(syntax.functions.map(\.name))
        self.isLibrary = isLibrary
        codes = [Code?](repeating: nil, count: syntax.functions.count)
        scope = FunctionScope(parent: nil, isMain: true, parameters: [])
    }

    /// The steps of a script.
    static func compile(_ syntax: ScriptSyntax, isLibrary: Bool = false) throws(RhaiError) -> CompiledScript {
        var compiler = Compiler(syntax, isLibrary: isLibrary)
        for (number, function) in syntax.functions.enumerated() {
            compiler.codes[number] = try compiler.compile(function, parent: nil)
        }
        let main = FunctionScope(parent: nil, isMain: true, parameters: [])
        compiler.scope = main
        _ = try main.declare("ENV", isConstant: true, blockStart: 0, at: .none)
        try compiler.compileStatements(syntax.main.statements, at: syntax.main.position)
        compiler.emit(.giveBack, at: syntax.main.position)
        let code = compiler.finish(main, name: "", parameterCount: 0)
        return CompiledScript(
            main: code, functions: compiler.codes.compactMap { $0 }, functionIndex: compiler.functionIndex,
            declared: main.declared,
            outer: main.outer.enumerated().map { ($1.name, main.final(-Int32($0) - 1)) },
            constants: main.constants,
            isBrief: compiler.isBrief && code.instructions.count <= Limits.scriptBriefStepsMax)
    }

    /// Translates a function or, with a parent, a closure.
    mutating func compile(_ function: FunctionSyntax, parent: FunctionScope?) throws(RhaiError) -> Code {
        let outside = scope
        let inner = FunctionScope(parent: parent, isMain: false, parameters: function.parameters)
        scope = inner
        guard function.parameters.count <= Limits.scriptVariablesMax else {
            throw failure("more than \(Limits.scriptVariablesMax) variables", at: function.position)
        }
        inner.blockDepth = 1
        try compileStatements(function.body.statements, at: function.body.position)
        emit(.giveBack, at: function.position)
        scope = outside
        return finish(inner, name: function.name, parameterCount: function.parameters.count)
    }

    private func finish(_ scope: FunctionScope, name: String, parameterCount: Int) -> Code {
        scope.complete()
        return Code(
            name: name, parameterCount: parameterCount, slotCount: scope.slotCount,
            instructions: scope.instructions, positions: scope.positions, tables: scope.tables,
            isLibrary: isLibrary)
    }

    // MARK: Steps

    mutating func emit(_ operation: Opcode, _ a: Int = 0, _ b: Int = 0, at position: Position) {
        scope.instructions.append(Instruction(operation: operation, a: Int32(a), b: Int32(b)))
        scope.positions.append(position)
    }

    /// Where the next step will stand.
    var here: Int { scope.instructions.count }

    /// A jump whose goal is not known yet.
    mutating func emitJump(_ operation: Opcode, at position: Position) -> Int {
        emit(operation, at: position)
        return here - 1
    }

    /// Lets a jump go to the next step.
    mutating func land(_ jump: Int) {
        if scope.instructions[jump].operation == .nextInWalk {
            scope.instructions[jump].b = Int32(here)
        } else {
            scope.instructions[jump].a = Int32(here)
        }
    }

    mutating func constant(_ constant: Constant) -> Int {
        scope.tables.constants.append(constant)
        return scope.tables.constants.count - 1
    }

    mutating func name(_ name: String) -> Int {
        // A name for errors is often the last one again.
        if scope.tables.names.last != name { scope.tables.names.append(name) }
        return scope.tables.names.count - 1
    }

    mutating func emitFailure(_ fault: Fault, at position: Position) {
        scope.tables.failures.append(fault)
        emit(.fail, scope.tables.failures.count - 1, at: position)
    }

    func failure(_ message: String, at position: Position) -> RhaiError {
        RhaiError(.parse, message, at: position)
    }

    // MARK: Blocks

    /// Leaves the value of the last statement on the stack.
    mutating func compileStatements(_ statements: [Statement], at position: Position) throws(RhaiError) {
        let blockStart = scope.blockDepth == 0 ? 0 : scope.mark.locals
        let base = scope.height
        guard let last = statements.last else {
            emit(.unit, at: position)
            scope.height = base + 1
            return
        }
        for statement in statements.dropLast() {
            try compile(statement, blockStart: blockStart, isValueUsed: false)
            scope.height = base
        }
        try compile(last, blockStart: blockStart, isValueUsed: true)
        scope.height = base + 1
    }

    /// A block in its own scope; leaves its value on the stack.
    mutating func compileBlock(_ block: Block) throws(RhaiError) {
        let mark = scope.mark
        scope.blockDepth += 1
        try compileStatements(block.statements, at: block.position)
        scope.blockDepth -= 1
        scope.forget(to: mark)
    }
}

/// A script ready to run.
struct CompiledScript: Sendable {
    let main: Code
    /// The functions of the script in order, then its closures.
    let functions: [Code]
    let functionIndex: [Compiler.FunctionKey: Int]
    /// Variables of the top level with their slots, in the order of declaration.
    let declared: [(name: String, slot: Int32)]
    /// Names that the script uses and does not declare: its inputs, with their slots.
    let outer: [(name: String, slot: Int32)]
    /// Constants of the top level with their slots, which functions may read.
    let constants: [(name: String, slot: Int32)]
    let isBrief: Bool

    /// The slot of the constant `ENV`.
    static let environmentSlot = 1
}
