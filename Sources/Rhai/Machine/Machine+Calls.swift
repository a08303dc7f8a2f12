// Calls: of functions of the script, of the library, and of functions as values.

internal import Primitives

extension Machine {
    /// Does a step that may begin a call. If it did, there is a new frame.
    mutating func call(_ step: Instruction, _ code: Code, _ base: Int) throws(Fault) {
        let a = Int(step.a)
        switch step.operation {
        case .callFunction: try enter(script.functions[a], base: stack.count - Int(step.b) - 1)
        case .callNative: try callNative(code.tables.sites[a])
        case .method: try callMethod(code.tables.sites[a])
        case .methodPath:
            let isSafe = step.b < 0
            let path = code.tables.paths[isSafe ? -Int(step.b) - 1 : Int(step.b)]
            try callMethod(code.tables.sites[a], along: path, isSafe: isSafe, base: base)
        case .callPointer:
            let base = stack.count - a - 1
            let pointer = try pointer(stack[base], name: "call")
            stack[base] = .missing
            try invoke(pointer, base: base)
        case .callEach: try callEach()
        default: try callReduce()
        }
        countWork()
    }

    /// Begins a call: `this` and the arguments lie on the stack already.
    mutating func enter(
        _ code: Code, base: Int, captured: [Cell] = [], writeBack: Frame.WriteBack = .nowhere
    ) throws(Fault) {
        let depth = frames[frames.count - 1].depth + (code.isLibrary ? 0 : 1)
        guard depth <= Limits.scriptCallDepthMax, stack.count + code.slotCount < Limits.scriptStackMax else {
            throw Fault(
                .script, "calls are nested more than \(Limits.scriptCallDepthMax) deep",
                name: "ErrorStackOverflow",
                isCatchable: false)
        }
        while stack.count < base + code.slotCount { stack.append(.missing) }
        for cell in captured { stack.append(.cell(cell)) }
        frames.append(Frame(code: code, base: base, depth: depth, writeBack: writeBack))
    }

    /// Ends the innermost call.
    mutating func giveBack(_ value: Dynamic) throws(Fault) {
        let frame = frames.removeLast()
        while let handler = handlers.last, handler.frameCount > frames.count { handlers.removeLast() }
        let this = stack[frame.base]
        stack.removeLast(stack.count - frame.base)
        switch frame.writeBack {
        case .nowhere: break
        case .variable(let place): stack[place] = this
        case .path(let path, let keys, let root):
            let access = PathAccess(path: path, keys: keys, action: .assign(this.content))
            _ = try perform(access, at: root)
        }
        stack.append(value)
    }

    /// Walks along a path from a place on the stack.
    mutating func perform(_ access: PathAccess, at place: Int) throws(Fault) -> Dynamic {
        let result: Dynamic
        if stack[place].kind == .cell, case .cell(let cell) = stack[place] {
            result = try access.perform(&cell.value, &session)
        } else {
            result = try access.perform(&stack[place], &session)
        }
        countWork()
        return result
    }
}
