// Statements as steps.

internal import Primitives

extension Compiler {
    /// Leaves the statement's value on the stack only if it is used.
    mutating func compile(_ statement: Statement, blockStart: Int, isValueUsed: Bool) throws(RhaiError) {
        switch statement {
        case .expression(let expression):
            try compile(expression)
            if !isValueUsed { emit(.pop, at: expression.position) }
            return
        case .declaration(let name, let value, let isConstant, let position):
            if let value { try compile(value) } else { emit(.unit, at: position) }
            let slot = try scope.declare(name, isConstant: isConstant, blockStart: blockStart, at: position)
            emit(.declare, Int(slot), at: position)
            scope.height -= 1
            if isValueUsed { emit(.unit, at: position) }
        case .assignment(let target, let operation, let value, let position):
            try compileAssignment(target, operation, value, at: position)
            if isValueUsed { emit(.unit, at: position) }
        case .leave(let value, let position): try compileBreak(value, at: position)
        case .proceed(let position):
            guard let loop = scope.loops.last else {
                throw failure("'continue' stands outside of a loop", at: position)
            }
            emitLeaving(loop, keeping: 0, at: position)
            emit(.jump, loop.start, at: position)
        case .giveBack(let value, let position):
            if let value { try compile(value) } else { emit(.unit, at: position) }
            emit(.giveBack, at: position)
        case .raise(let value, let position):
            if value == nil, let slot = scope.caughtSlots.last {
                emit(.raiseAgain, Int(slot), at: position)
            } else {
                if let value { try compile(value) } else { emit(.unit, at: position) }
                emit(.raise, at: position)
            }
        case .attempt(let body, let variable, let handler, let position):
            try compileTry(body, variable, handler, at: position)
            if !isValueUsed { emit(.pop, at: position) }
        }
    }

    // MARK: Leaving

    private mutating func compileBreak(_ value: Expression?, at position: Position) throws(RhaiError) {
        guard let loop = scope.loops.last else {
            throw failure("'break' stands outside of a loop", at: position)
        }
        if let value {
            try compile(value)
            scope.height -= 1
        } else {
            emit(.unit, at: position)
        }
        emitLeaving(loop, keeping: 1, at: position)
        let exit = emitJump(.jump, at: position)
        scope.loops[scope.loops.count - 1].exits.append(exit)
    }

    /// Drops what lies on the stack inside of a loop.
    private mutating func emitLeaving(_ loop: LoopScope, keeping: Int, at position: Position) {
        for _ in loop.handlerCount..<max(loop.handlerCount, scope.handlerCount) {
            emit(.popHandler, at: position)
        }
        let count = scope.height - loop.height
        guard count > 0 else { return }
        if keeping == 0 {
            for _ in 0..<count { emit(.pop, at: position) }
        } else {
            emit(.dropBelow, count, at: position)
        }
    }

    // MARK: Errors

    private mutating func compileTry(
        _ body: Block, _ variable: String?, _ handler: Block, at position: Position
    ) throws(RhaiError) {
        let base = scope.height
        let mark = scope.mark
        scope.blockDepth += 1
        let kept = scope.hiddenSlot()
        let push = emitJump(.pushHandler, at: position)
        scope.instructions[push].b = kept
        scope.handlerCount += 1
        try compileBlock(body)
        scope.handlerCount -= 1
        emit(.popHandler, at: position)
        let end = emitJump(.jump, at: position)
        land(push)
        scope.height = base
        if let variable {
            let inner = scope.mark
            let place = try scope.declare(
                variable, isConstant: false, blockStart: scope.mark.locals, at: position)
            emit(.load, Int(kept), name(variable), at: position)
            emit(.declare, Int(place), at: position)
            scope.caughtSlots.append(kept)
            try compileBlock(handler)
            scope.caughtSlots.removeLast()
            scope.forget(to: inner)
        } else {
            scope.caughtSlots.append(kept)
            try compileBlock(handler)
            scope.caughtSlots.removeLast()
        }
        land(end)
        scope.blockDepth -= 1
        scope.forget(to: mark)
        scope.height = base + 1
        // The value of the whole is always nothing.
        emit(.pop, at: position)
        emit(.unit, at: position)
    }
}
