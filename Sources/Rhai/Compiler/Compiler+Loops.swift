// Loops as steps.

extension Compiler {
    /// Leaves the value of `break`, or nothing, on the stack.
    mutating func compile(_ loop: LoopSyntax) throws(RhaiError) {
        isBrief = false
        let base = scope.height
        let mark = scope.mark
        scope.blockDepth += 1
        switch loop.kind {
        case .endless:
            begin(at: here)
            try compileBody(loop.body)
            emit(.jump, scope.loops[scope.loops.count - 1].start, at: loop.position)
        case .whileTrue(let condition):
            begin(at: here)
            try compile(condition)
            let end = emitJump(.jumpIfFalse, at: condition.position)
            scope.height = base
            try compileBody(loop.body)
            emit(.jump, scope.loops[scope.loops.count - 1].start, at: loop.position)
            land(end)
        case .doWhile(let condition, let goesOn):
            // `continue` goes to the test, which stands in front so that its place is known.
            let first = emitJump(.jump, at: loop.position)
            begin(at: here)
            try compile(condition)
            let end = emitJump(goesOn ? .jumpIfFalse : .jumpIfTrue, at: condition.position)
            scope.height = base
            land(first)
            try compileBody(loop.body)
            emit(.jump, scope.loops[scope.loops.count - 1].start, at: loop.position)
            land(end)
        case .over(let variable, let counter, let sequence):
            try compileWalk(variable, counter, sequence, loop)
        }
        emit(.unit, at: loop.position)
        for exit in scope.loops.removeLast().exits { land(exit) }
        scope.blockDepth -= 1
        scope.forget(to: mark)
        scope.height = base + 1
    }

    private mutating func begin(at start: Int) {
        scope.loops.append(LoopScope(height: scope.height, handlerCount: scope.handlerCount, start: start))
    }

    private mutating func compileBody(_ body: Block) throws(RhaiError) {
        try compileBlock(body)
        emit(.pop, at: body.position)
        scope.height -= 1
    }

    private mutating func compileWalk(
        _ variable: String, _ counter: String?, _ sequence: Expression, _ loop: LoopSyntax
    ) throws(RhaiError) {
        try compile(sequence)
        scope.height -= 1
        let walk = scope.hiddenSlot()
        let place = scope.hiddenSlot()
        emit(.beginWalk, Int(walk), at: sequence.position)
        let blockStart = scope.mark.locals
        let slot = try scope.declare(variable, isConstant: false, blockStart: blockStart, at: loop.position)
        let counterSlot = try counter.map { (name) throws(RhaiError) in
            try scope.declare(name, isConstant: false, blockStart: blockStart, at: loop.position)
        }
        begin(at: here)
        let next = emitJump(.nextInWalk, at: sequence.position)
        scope.instructions[next].a = walk
        emit(.declare, Int(slot), at: loop.position)
        if let counterSlot {
            // The place of the next element is already counted.
            emit(.load, Int(place), 0, at: loop.position)
            emit(.integer, 1, at: loop.position)
            emit(.binary, Int(BinaryOperator.subtract.rawValue), at: loop.position)
            emit(.declare, Int(counterSlot), at: loop.position)
        }
        try compileBody(loop.body)
        emit(.jump, scope.loops[scope.loops.count - 1].start, at: loop.position)
        land(next)
    }
}
