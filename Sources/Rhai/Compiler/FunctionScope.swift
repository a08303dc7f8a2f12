// The function that is being translated: its variables and its steps so far.

internal import Primitives

/// What a name stands for.
struct Variable {
    let slot: Int32
    let isConstant: Bool
}

/// A loop that is being translated.
struct LoopScope {
    /// Values on the stack outside of it.
    let height: Int
    let handlerCount: Int
    let start: Int
    var exits: [Int] = []
}

/// A function on its way to being code. Slots below zero stand for variables from outside; they get their numbers when
/// the function is complete.
final class FunctionScope {
    private struct Local {
        let name: String
        let slot: Int32
        let isConstant: Bool
    }

    let parent: FunctionScope?
    let isMain: Bool
    private var locals: [Local] = []
    private var nextSlot: Int32
    private var slotMax: Int32
    /// Variables of outside: of the function around a closure, or inputs of a script.
    private(set) var outer: [(name: String, slot: Int32, isConstant: Bool)] = []

    var instructions: [Instruction] = []
    var positions: [Position] = []
    var tables = CodeTables()
    var loops: [LoopScope] = []
    var handlerCount = 0
    /// Slots of the errors that are being handled here.
    var caughtSlots: [Int32] = []
    /// Values on the stack.
    var height = 0
    var blockDepth = 0

    init(parent: FunctionScope?, isMain: Bool, parameters: [String]) {
        self.parent = parent
        self.isMain = isMain
        for (index, name) in parameters.enumerated() {
            locals.append(Local(name: name, slot: Int32(index + 1), isConstant: false))
        }
        nextSlot = Int32(parameters.count + 1)
        slotMax = nextSlot
    }

    // MARK: Variables

    /// Declares a variable of the block. One of the same name in the same block gives up its slot.
    func declare(_ name: String, isConstant: Bool, blockStart: Int, at position: Position) throws(RhaiError)
        -> Int32
    {
        if let index = locals[min(blockStart, locals.count)...].firstIndex(where: { $0.name == name }) {
            let slot = locals[index].slot
            locals[index] = Local(name: name, slot: slot, isConstant: isConstant)
            return slot
        }
        guard locals.count + outer.count < Limits.scriptVariablesMax else {
            throw RhaiError(.parse, "more than \(Limits.scriptVariablesMax) variables", at: position)
        }
        let slot = hiddenSlot()
        locals.append(Local(name: name, slot: slot, isConstant: isConstant))
        return slot
    }

    /// A slot without a name. Those of the top level are never used again: what a script leaves there is its result.
    func hiddenSlot() -> Int32 {
        if isMain, blockDepth == 0 { nextSlot = slotMax }
        let slot = nextSlot
        nextSlot += 1
        slotMax = max(slotMax, nextSlot)
        return slot
    }

    var mark: (locals: Int, slot: Int32) { (locals.count, nextSlot) }

    /// Forgets what was declared since a mark.
    func forget(to mark: (locals: Int, slot: Int32)) {
        locals.removeLast(locals.count - mark.locals)
        nextSlot = mark.slot
    }

    /// Nil if no such variable is known here. At the top level every other name may be an input.
    func resolve(_ name: String, at position: Position) throws(RhaiError) -> Variable? {
        if let local = locals.last(where: { $0.name == name }) {
            return Variable(slot: local.slot, isConstant: local.isConstant)
        }
        if let index = outer.firstIndex(where: { $0.name == name }) {
            return Variable(slot: -Int32(index) - 1, isConstant: outer[index].isConstant)
        }
        var source: Int32 = 0
        var isConstant = false
        if let parent {
            guard let variable = try parent.resolve(name, at: position) else { return nil }
            source = variable.slot
            isConstant = variable.isConstant
        } else if !isMain {
            return nil
        }
        guard outer.count + locals.count < Limits.scriptVariablesMax else {
            throw RhaiError(.parse, "more than \(Limits.scriptVariablesMax) variables", at: position)
        }
        outer.append((name, source, isConstant))
        return Variable(slot: -Int32(outer.count), isConstant: isConstant)
    }

    /// Everything that is visible here.
    var visible: [(name: String, slot: Int32)] {
        locals.map { ($0.name, $0.slot) } + outer.enumerated().map { ($1.name, -Int32($0) - 1) }
    }

    /// The names of the top level with their slots, in the order of declaration.
    var declared: [(name: String, slot: Int32)] { locals.map { ($0.name, $0.slot) } }

    /// The constants among them.
    var constants: [(name: String, slot: Int32)] {
        locals.filter(\.isConstant).map { ($0.name, $0.slot) }
    }

    // MARK: End

    /// The slot of a number that may stand for a variable of outside.
    func final(_ slot: Int32) -> Int32 { slot < 0 ? slotMax - slot - 1 : slot }

    var slotCount: Int { Int(slotMax) }

    /// Gives the variables of outside their slots, behind all others.
    func complete() {
        for index in instructions.indices where instructions[index].operation.namesSlot {
            instructions[index].a = final(instructions[index].a)
        }
        for index in tables.paths.indices { tables.paths[index].root = final(tables.paths[index].root) }
        for index in tables.captures.indices {
            tables.captures[index] = tables.captures[index].map {
                Capture(name: $0.name, slot: final($0.slot))
            }
        }
        for index in tables.visible.indices {
            tables.visible[index] = tables.visible[index].map { ($0.name, final($0.slot)) }
        }
    }
}
