// Steps that are not on the way of every loop.

internal import Primitives
internal import Values

extension Machine {
    mutating func executeRare(
        _ step: Instruction, _ code: Code, _ base: Int, _ index: inout Int
    ) throws(Fault) {
        let a = Int(step.a)
        switch step.operation {
        case .constant: stack.append(Dynamic(code.tables.constants[a]))
        case .unit: stack.append(.unit)
        case .missing: stack.append(.missing)
        case .boolean: stack.append(.bool(a != 0))
        case .duplicate: stack.append(stack[stack.count - 1])
        case .dropBelow: stack.removeSubrange(stack.count - 1 - a..<stack.count - 1)
        case .loadFree: try loadFree(base + a, code.tables.names[Int(step.b)])
        case .loadGlobal: try loadGlobal(code.tables.names[Int(step.b)])
        case .unary: try unary(a)
        case .jumpIfFalseKeeping, .jumpIfTrueKeeping:
            let decides = step.operation == .jumpIfTrueKeeping
            let flag = try popBool("both sides of '\(decides ? "||" : "&&")'")
            guard flag == decides else { return }
            stack.append(.bool(flag))
            index = a
        case .checkBool: stack.append(.bool(try popBool("both sides of '\(Machine.operation(step.a).text)'")))
        case .jumpUnlessUnitKeeping:
            if stack[stack.count - 1].isUnit { stack.removeLast() } else { index = a }
        case .jumpIfUnitKeeping: if stack[stack.count - 1].isUnit { index = a }
        case .makeArray: try makeArray(a)
        case .makeMap: try makeMap(code.tables.shapes[a])
        case .makeText: try makeText(a)
        case .same:
            let right = stack.removeLast()
            stack.append(.bool(Dynamic.areSame(stack.removeLast(), right)))
        case .isInRange: stack.append(.bool(code.tables.ranges[a].contains(stack.removeLast())))
        case .index:
            let key = stack.removeLast()
            let value = stack.removeLast()
            stack.append(try Access.element(key, of: value, &session))
            countWork()
        case .property:
            stack.append(try Access.property(code.tables.names[a], of: stack.removeLast(), &session))
        case .assignPath: try assign(along: code.tables.paths[a], step.b, base)
        case .beginWalk: try beginWalk(base + a)
        case .giveBack, .jump: break
        default: try executeFunctional(step, code, base)
        }
    }

    private mutating func executeFunctional(_ step: Instruction, _ code: Code, _ base: Int) throws(Fault) {
        let a = Int(step.a)
        switch step.operation {
        case .curry:
            let arguments = popLast(a)
            let pointer = try pointer(stack.removeLast(), name: "curry")
            stack.append(.function(try pointer.curry(arguments)))
        case .makePointer:
            let value = stack.removeLast()
            guard case .string(let name) = value else { throw .function("Fn", [value]) }
            stack.append(.function(try FunctionPointer(name: name)))
            session.made(name.utf8.count + 64)
        case .makeClosure: try makeClosure(script.functions[a], code.tables.captures[Int(step.b)], base)
        case .isDefinedVariable: isDefinedVariable(code.tables.visible[a], base)
        case .isDefinedFunction: try isDefinedFunction()
        case .isShared:
            if case .cell = stack[base + a] { stack.append(.bool(true)) } else { stack.append(.bool(false)) }
        case .typeOf: stack.append(.string(stack.removeLast().typeName))
        case .raise:
            thrown = stack.removeLast()
            throw Fault(.runtime, "", isThrown: true)
        case .exit:
            thrown = stack.removeLast()
            throw Fault(.runtime, "", name: Fault.exit, isCatchable: false, isThrown: true)
        case .raiseAgain:
            let fault = caught[base + a] ?? Fault(.runtime, "")
            if fault.isThrown { thrown = stack[base + a].content }
            throw fault
        case .pushHandler:
            handlers.append(
                Handler(
                    frameCount: frames.count, stackCount: stack.count, target: a, slot: base + Int(step.b)))
        case .popHandler: handlers.removeLast()
        case .fail: throw code.tables.failures[a]
        default: throw Fault(.system, "a step of the script is not known")
        }
    }

    // MARK: Variables

    /// An input, or else the function of this name.
    private mutating func loadFree(_ place: Int, _ name: String) throws(Fault) {
        if case .missing = stack[place] {
            stack.append(.function(try FunctionPointer(name: name)))
        } else {
            stack.append(stack[place].content)
        }
    }

    private mutating func loadGlobal(_ name: String) throws(Fault) {
        guard let slot = script.constants.last(where: { $0.name == name })?.slot else {
            throw .variable(name)
        }
        let value = stack[Int(slot)].content
        if case .missing = value { throw .variable(name) }
        stack.append(value)
    }

    private mutating func isDefinedVariable(_ visible: [(name: String, slot: Int32)], _ base: Int) {
        guard case .string(let name) = stack.removeLast() else { return stack.append(.bool(false)) }
        let isDefined = visible.contains { variable in
            guard variable.name == name else { return false }
            if case .missing = stack[base + Int(variable.slot)] { return false }
            return true
        }
        stack.append(.bool(isDefined))
    }

    private mutating func isDefinedFunction() throws(Fault) {
        let count = stack.removeLast()
        let name = stack.removeLast()
        guard case .string(let text) = name, case .int(let number) = count else {
            throw .function("is_def_fn", [name, count])
        }
        let key = Compiler.FunctionKey(name: text, count: Int(clamping: number))
        stack.append(.bool(script.functionIndex[key] != nil))
    }

    /// Variables become shared when a closure first captures them.
    private mutating func makeClosure(_ code: Code, _ captures: [Capture], _ base: Int) throws(Fault) {
        var cells: [Cell] = []
        for capture in captures {
            let place = base + Int(capture.slot)
            switch stack[place] {
            case .missing: throw .variable(capture.name)
            case .cell(let cell): cells.append(cell)
            case let value:
                let cell = try makeCell(value)
                stack[place] = .cell(cell)
                cells.append(cell)
            }
        }
        session.made(64)
        stack.append(.function(try FunctionPointer(name: code.name, code: code, captured: cells)))
    }

    // MARK: Values

    private mutating func unary(_ number: Int) throws(Fault) {
        let operation: UnaryOperator = number == 0 ? .minus : number == 1 ? .plus : .not
        let value = stack.removeLast()
        guard let result = try Arithmetic.apply(operation, value) else {
            throw .function(number == 0 ? "-" : number == 1 ? "+" : "!", [value])
        }
        stack.append(result)
    }

    private mutating func makeArray(_ count: Int) throws(Fault) {
        let array = try session.array(popLast(count))
        stack.append(array)
    }

    private mutating func makeMap(_ keys: [String]) throws(Fault) {
        let values = popLast(keys.count)
        stack.append(try session.map(MapBox(zip(keys, values).map { ($0, $1) })))
    }

    private mutating func makeText(_ count: Int) throws(Fault) {
        var text = ""
        for piece in popLast(count) {
            text += piece.text
            try session.check(text)
        }
        stack.append(.string(text))
    }

    /// `variable.a[0].b = value` and the like.
    private mutating func assign(along path: Path, _ operation: Int32, _ base: Int) throws(Fault) {
        let value = stack.removeLast()
        let root = base + Int(path.root)
        if case .missing = stack[root] { throw .variable(path.rootName) }
        let keys = popLast(path.keyCount)
        let action: PathAction =
            operation == 0 ? .assign(value) : .operate(Machine.operation(operation - 1), value)
        session.madeBytes += 24
        _ = try perform(PathAccess(path: path, keys: keys, action: action), at: root)
    }
}

extension FunctionPointer {
    func curry(_ arguments: [Dynamic]) throws(Fault) -> FunctionPointer {
        try FunctionPointer(name: name, code: code, captured: captured, curried: curried + arguments)
    }
}

extension CaseRange {
    /// Whole numbers, and other numbers between the bounds.
    func contains(_ value: Dynamic) -> Bool {
        switch value {
        case .int, .float, .decimal: break
        default: return false
        }
        if let from, (Dynamic.order(value, .int(from)) ?? -1) < 0 { return false }
        guard let to, let order = Dynamic.order(value, .int(to)) else { return to == nil }
        return isInclusive ? order <= 0 : order < 0
    }
}
