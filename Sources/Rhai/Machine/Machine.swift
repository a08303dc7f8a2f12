// Runs the steps of a script.

internal import Primitives
internal import Values

/// One run. All values lie on one stack: for each call its `this`, its arguments and variables, and above them what is
/// being worked on. Calls of functions lie in a list, so that a script's calls take nothing of the thread's stack.
struct Machine {
    let script: CompiledScript
    var session: Session
    var stack: [Dynamic] = []
    var frames: [Frame] = []
    var handlers: [Handler] = []
    /// The value that a script has thrown.
    var thrown = Dynamic.unit
    /// What handlers have caught, by their place on the stack.
    var caught: [Int: Fault] = [:]
    /// Variables that closures share.
    var cells: [Cell] = []
    var cellsChecked = 1_024
    /// Steps until the next look at the clock.
    var countdown = 0
    var period = 0
    var operations = 0
    let operationsMax: Int
    let deadline: Double?

    init(_ script: CompiledScript, host: RhaiHost, budget: RhaiBudget) {
        self.script = script
        session = Session(host)
        operationsMax = min(budget.operations, Limits.scriptOperationsMax)
        deadline = budget.seconds.map { host.clock() + $0 }
        stack.reserveCapacity(script.main.slotCount + script.outer.count + 16)
    }

    /// Runs from the top of the script to its end; the main frame stays on the stack.
    mutating func run() throws(RhaiError) -> Dynamic {
        frames.append(Frame(code: script.main, base: 0))
        do {
            try poll()
            while true {
                do {
                    return try execute()
                } catch {
                    if error.name == Fault.exit {
                        try unwind(to: 1)
                        return thrown
                    }
                    try recover(from: error)
                }
            }
        } catch {
            throw place(error)
        }
    }

    /// Works off steps until the main frame gives back a value.
    private mutating func execute() throws(Fault) -> Dynamic {
        var code = frames[frames.count - 1].code
        var base = frames[frames.count - 1].base
        var index = frames[frames.count - 1].index
        var instructions = code.instructions
        defer { frames[frames.count - 1].index = index }
        while true {
            countdown -= 1
            if countdown < 0 {
                try poll()
                countdown -= 1
            }
            let step = instructions[index]
            index += 1
            let a = Int(step.a)
            switch step.operation {
            case .integer: stack.append(.int(Int64(a)))
            case .load:
                switch stack[base + a] {
                case .missing: throw .variable(code.tables.names[Int(step.b)])
                case .cell(let cell): stack.append(cell.value)
                case let value: stack.append(value)
                }
            case .declare: stack[base + a] = stack.removeLast()
            case .store: try store(base + a, code.tables.names[Int(step.b)])
            case .operate: try operate(base + a, step.b)
            case .binary: try binary(step.a)
            case .jump: index = a
            case .jumpIfFalse: if !(try popBool("a condition")) { index = a }
            case .jumpIfTrue: if try popBool("a condition") { index = a }
            case .nextInWalk: if !nextInWalk(base + a) { index = Int(step.b) }
            case .pop: stack.removeLast()
            case .callFunction, .callNative, .method, .methodPath, .callPointer, .callEach, .callReduce:
                frames[frames.count - 1].index = index
                try call(step, code, base)
                let frame = frames[frames.count - 1]
                guard frame.base != base else { continue }
                (code, base, index) = (frame.code, frame.base, frame.index)
                instructions = code.instructions
            case .giveBack:
                let value = stack.removeLast().content
                guard frames.count > 1 else { return value }
                do {
                    try giveBack(value)
                } catch {
                    // The caller's step is to blame.
                    index = frames[frames.count - 1].index
                    throw error
                }
                let frame = frames[frames.count - 1]
                (code, base, index) = (frame.code, frame.base, frame.index)
                instructions = code.instructions
            default: try executeRare(step, code, base, &index)
            }
        }
    }

    /// The value on top, which must be true or false.
    mutating func popBool(_ what: String) throws(Fault) -> Bool {
        let value = stack.removeLast()
        guard case .bool(let flag) = value else {
            throw Fault(
                .typeMismatch, "\(what) must be true or false, found a value of type '\(value.typeName)'")
        }
        return flag
    }

    mutating func popLast(_ count: Int) -> [Dynamic] {
        let values = Array(stack.suffix(count))
        stack.removeLast(count)
        return values
    }

    /// The number of a binary operator of a step; such numbers are made by the compiler only.
    static func operation(_ number: Int32) -> BinaryOperator { BinaryOperator(rawValue: number) ?? .add }

    // MARK: Variables

    private mutating func store(_ place: Int, _ name: @autoclosure () -> String) throws(Fault) {
        let value = stack.removeLast()
        switch stack[place] {
        case .missing: throw .variable(name())
        case .cell(let cell): cell.value = value
        default: stack[place] = value
        }
    }

    private mutating func operate(_ place: Int, _ operation: Int32) throws(Fault) {
        let value = stack.removeLast()
        if operation == BinaryOperator.add.rawValue, case .int(let a) = stack[place], case .int(let b) = value
        {
            let sum = a.addingReportingOverflow(b)
            if !sum.overflow {
                stack[place] = .int(sum.partialValue)
                return
            }
        }
        // Asked for its kind only: a copy would have to be changed instead.
        switch stack[place].kind {
        case .missing: throw .variable(frames.last.map { name(of: place, in: $0) } ?? "")
        case .cell:
            guard case .cell(let cell) = stack[place] else { return }
            try BinaryOperation.assign(Machine.operation(operation), &cell.value, value, &session)
        default: try BinaryOperation.assign(Machine.operation(operation), &stack[place], value, &session)
        }
        countWork()
    }

    /// The name of an input that is not there.
    private func name(of place: Int, in frame: Frame) -> String {
        if place == frame.base { return "this" }
        return script.outer.first { Int($0.slot) == place - frame.base }?.name ?? "?"
    }

    // MARK: Operators

    private mutating func binary(_ number: Int32) throws(Fault) {
        let top = stack.count - 1
        if case .int(let b) = stack[top], case .int(let a) = stack[top - 1] {
            if let value = Machine.quickly(number, a, b) {
                stack.removeLast()
                stack[top - 1] = value
                return
            }
        }
        let right = stack.removeLast()
        let left = stack[top - 1]
        stack[top - 1] = .unit
        stack[top - 1] = try BinaryOperation.apply(Machine.operation(number), left, right, &session)
        countWork()
    }

    /// What most steps of loops do; nil for everything else.
    private static func quickly(_ number: Int32, _ a: Int64, _ b: Int64) -> Dynamic? {
        switch number {
        case BinaryOperator.add.rawValue:
            let sum = a.addingReportingOverflow(b)
            return sum.overflow ? nil : .int(sum.partialValue)
        case BinaryOperator.subtract.rawValue:
            let difference = a.subtractingReportingOverflow(b)
            return difference.overflow ? nil : .int(difference.partialValue)
        case BinaryOperator.multiply.rawValue:
            let product = a.multipliedReportingOverflow(by: b)
            return product.overflow ? nil : .int(product.partialValue)
        case BinaryOperator.less.rawValue: return .bool(a < b)
        case BinaryOperator.lessOrEqual.rawValue: return .bool(a <= b)
        case BinaryOperator.greater.rawValue: return .bool(a > b)
        case BinaryOperator.greaterOrEqual.rawValue: return .bool(a >= b)
        case BinaryOperator.equal.rawValue: return .bool(a == b)
        case BinaryOperator.notEqual.rawValue: return .bool(a != b)
        default: return nil
        }
    }
}
