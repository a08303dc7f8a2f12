// What happens when a step fails.

internal import Primitives

extension Machine {
    /// The mistake with its place: that of the innermost step of the script itself.
    func place(_ fault: Fault) -> RhaiError {
        var message = fault.message
        if fault.isThrown {
            let text = thrown.text
            message = text.utf8.count <= Limits.scriptStringBytesMax ? text : String(text.prefix(1_000))
        }
        return RhaiError(fault.kind, message, at: position)
    }

    /// The place of the step that is under way.
    var position: Position {
        for frame in frames.reversed() where !frame.code.isLibrary {
            let positions = frame.code.positions
            return positions[min(max(frame.index - 1, 0), positions.count - 1)]
        }
        return .none
    }

    /// Goes on behind the innermost handler; throws again if there is none.
    mutating func recover(from fault: Fault) throws(Fault) {
        guard fault.isCatchable, let handler = handlers.popLast() else { throw fault }
        let value = fault.isThrown ? thrown : try describe(fault)
        thrown = .unit
        try unwind(to: handler.frameCount)
        stack.removeLast(stack.count - handler.stackCount)
        caught[handler.slot] = fault
        stack[handler.slot] = value
        frames[frames.count - 1].index = handler.target
    }

    /// Ends calls until so many are left. What they have changed stays changed.
    mutating func unwind(to count: Int) throws(Fault) {
        while frames.count > count {
            let frame = frames.removeLast()
            switch frame.writeBack {
            case .nowhere: break
            case .variable(let place): stack[place] = stack[frame.base]
            case .path(let path, let keys, let root):
                let access = PathAccess(path: path, keys: keys, action: .assign(stack[frame.base].content))
                _ = try perform(access, at: root)
            }
        }
    }

    /// What a script sees of a mistake that it did not throw itself.
    private func describe(_ fault: Fault) throws(Fault) -> Dynamic {
        let position = position
        let box = MapBox()
        try box.set(.string(fault.message), for: "message")
        try box.set(.string(fault.name), for: "error")
        try box.set(.int(Int64(position.line)), for: "line")
        try box.set(.int(Int64(position.column)), for: "position")
        return .map(box)
    }
}
