// Calls of methods, on values and on what lies in variables.

internal import Primitives

extension Machine {
    /// Calls a function of the library, or none.
    mutating func callNative(_ site: CallSite) throws(Fault) {
        guard site.argumentCount > 0 else {
            var nothing = Dynamic.missing
            return stack.append(try callNative(site, &nothing, Arguments()))
        }
        let base = stack.count - site.argumentCount
        if try enterLibrary(site, base: base, writeBack: .nowhere) { return }
        let arguments = popArguments(site.argumentCount - 1)
        var value = stack.removeLast()
        stack.append(try callNative(site, &value, arguments))
    }

    private mutating func callNative(
        _ site: CallSite, _ value: inout Dynamic, _ arguments: Arguments
    ) throws(Fault) -> Dynamic {
        if let native = site.native {
            if native.needsPlace { session.position = position }
            if let result = try native.call(&value, arguments, &session) { return result }
        }
        if case .missing = value { throw .function(site.name, []) }
        throw .function(site.name, [value] + arguments.all)
    }

    private mutating func popArguments(_ count: Int) -> Arguments {
        var arguments = Arguments()
        for place in stack.count - count..<stack.count { arguments.append(stack[place]) }
        stack.removeLast(count)
        return arguments
    }

    // MARK: On values

    /// Calls a method on a value that belongs to nobody.
    mutating func callMethod(_ site: CallSite) throws(Fault) {
        let base = stack.count - site.argumentCount - 1
        if try enterMethod(site, base: base, writeBack: .nowhere) { return }
        let arguments = popArguments(site.argumentCount)
        var value = stack.removeLast()
        stack.append(try callNative(site, &value, arguments))
    }

    /// Begins the call of a method that is no function of the library in Swift: `this` and the arguments lie on the
    /// stack. False if there is no such method.
    private mutating func enterMethod(
        _ site: CallSite, base: Int, writeBack: Frame.WriteBack
    ) throws(Fault) -> Bool {
        if let function = site.function {
            try enter(script.functions[function], base: base, writeBack: writeBack)
            return true
        }
        switch stack[base].content {
        case .function(let pointer) where site.name == "call":
            stack[base] = .missing
            try invoke(pointer, base: base)
            return true
        case .map(let box):
            guard case .function(let pointer)? = box.value(of: site.name) else { break }
            try invoke(pointer, base: base, writeBack: writeBack)
            return true
        default: break
        }
        if site.name == "call", site.argumentCount > 0, case .function(let pointer) = stack[base + 1] {
            stack.remove(at: base + 1)
            try invoke(pointer, base: base, writeBack: writeBack)
            return true
        }
        return try enterLibrary(site, base: base, writeBack: writeBack)
    }

    /// Begins the call of a function of the library that calls others.
    private mutating func enterLibrary(
        _ site: CallSite, base: Int, writeBack: Frame.WriteBack
    ) throws(Fault) -> Bool {
        guard !site.library.isEmpty, base + 1 < stack.count else { return false }
        let kind = stack[base].content.kind
        for function in site.library where function.receiver == kind {
            switch stack[base + 1] {
            case .function: break
            case .string where function.takesName: break
            default: continue
            }
            try enter(function.code, base: base, writeBack: writeBack)
            return true
        }
        return false
    }

    // MARK: On variables

    /// Calls a method on a variable, or on something inside of it.
    mutating func callMethod(_ site: CallSite, along path: Path, isSafe: Bool, base: Int) throws(Fault) {
        let root = base + Int(path.root)
        if case .missing = stack[root] { throw .variable(path.rootName) }
        let start = stack.count - site.argumentCount - path.keyCount
        let keys = path.keyCount == 0 ? [] : Array(stack[start..<start + path.keyCount])
        let mayEnter = isSafe ? true : try mayEnter(site, path, keys, root)
        if mayEnter, try callProbed(site, path, keys, root: root, start: start, isSafe: isSafe) { return }
        let arguments = popArguments(site.argumentCount)
        stack.removeLast(path.keyCount)
        if site.native?.needsPlace == true { session.position = position }
        let access = PathAccess(path: path, keys: keys, action: .call(site, arguments))
        stack.append(try perform(access, at: root))
    }

    /// True unless only a function of the library in Swift can be meant.
    private mutating func mayEnter(
        _ site: CallSite, _ path: Path, _ keys: [Dynamic], _ root: Int
    ) throws(Fault) -> Bool {
        guard site.function == nil, site.native != nil, site.library.isEmpty, site.name != "call" else {
            return true
        }
        if path.steps.isEmpty { return stack[root].content.kind == .map }
        let probe = PathAccess(path: path, keys: keys, action: .assign(.unit))
        return try probe.read(stack[root].content, &session).kind == .map
    }

    /// Looks at the value first; false if a function of the library in Swift is meant after all.
    private mutating func callProbed(
        _ site: CallSite, _ path: Path, _ keys: [Dynamic], root: Int, start: Int, isSafe: Bool
    ) throws(Fault) -> Bool {
        let probe = PathAccess(path: path, keys: keys, action: .assign(.unit))
        var this = try probe.read(stack[root].content, &session)
        if this.isUnit, isSafe || path.steps.contains(where: \.isSafe) {
            stack.removeLast(stack.count - start)
            stack.append(.unit)
            return true
        }
        var writeBack = Frame.WriteBack.path(path, keys: keys, root: root)
        if path.steps.isEmpty {
            writeBack = .variable(root)
            if case .cell = stack[root] {
                writeBack = .nowhere
                this = stack[root]
            }
        }
        stack.replaceSubrange(start..<start + path.keyCount, with: CollectionOfOne(this))
        let depth = frames.count
        guard try enterMethod(site, base: start, writeBack: writeBack) else {
            stack.replaceSubrange(start..<start + 1, with: keys)
            return false
        }
        // The variable lends its value for the time of the call, so that changing it needs no copy.
        if frames.count > depth, case .variable = frames[frames.count - 1].writeBack { stack[root] = .unit }
        return true
    }

    // MARK: Functions as values

    /// The function that a value is, or names.
    func pointer(_ value: Dynamic, name: String) throws(Fault) -> FunctionPointer {
        switch value {
        case .function(let pointer): return pointer
        case .string(let name): return try FunctionPointer(name: name)
        default: throw .function(name, [value])
        }
    }

    /// Calls a function as a value: `this` and the arguments lie on the stack from `base` on.
    mutating func invoke(
        _ pointer: FunctionPointer, base: Int, writeBack: Frame.WriteBack = .nowhere
    ) throws(Fault) {
        stack.insert(contentsOf: pointer.curried, at: base + 1)
        let count = stack.count - base - 1
        if let code = pointer.code {
            guard code.parameterCount == count else {
                throw .function(pointer.name, Array(stack.suffix(count)))
            }
            return try enter(code, base: base, captured: pointer.captured, writeBack: writeBack)
        }
        if let function = script.functionIndex[Compiler.FunctionKey(name: pointer.name, count: count)] {
            return try enter(script.functions[function], base: base, writeBack: writeBack)
        }
        // A function of the library takes `this` or the first argument as its value.
        var values = Array(stack[base...])
        if case .missing = values[0], values.count > 1 { values.removeFirst() }
        var value = values[0].content
        var arguments = Arguments()
        for argument in values.dropFirst() { arguments.append(argument) }
        let site = CallSite(
            name: pointer.name, argumentCount: values.count - 1, function: nil,
            native: Library.natives[pointer.name], library: [])
        let result = try callNative(site, &value, arguments)
        stack.removeLast(stack.count - base)
        stack.append(result)
    }

    /// How many arguments a function as a value takes; 1 for functions of the library.
    private func parameterCount(of pointer: FunctionPointer, _ possible: [Int]) -> Int {
        if let code = pointer.code { return code.parameterCount - pointer.curried.count }
        return possible.first {
            script.functionIndex[
                Compiler.FunctionKey(name: pointer.name, count: $0 + pointer.curried.count)] != nil
        } ?? possible[0]
    }

    /// Function, element and place lie on the stack. Without parameters the function gets the element as `this`.
    mutating func callEach() throws(Fault) {
        let base = stack.count - 3
        let pointer = try pointer(stack[base], name: "call")
        switch parameterCount(of: pointer, [1, 2, 0]) {
        case 0:
            stack.removeLast()
            stack.remove(at: base)
        case 2: stack[base] = .missing
        default:
            stack[base] = .missing
            stack.removeLast()
        }
        try invoke(pointer, base: base)
    }

    /// Function, what came out so far, element and place lie on the stack.
    mutating func callReduce() throws(Fault) {
        let base = stack.count - 4
        let pointer = try pointer(stack[base], name: "call")
        stack[base] = .missing
        if parameterCount(of: pointer, [2, 3]) != 3 { stack.removeLast() }
        if parameterCount(of: pointer, [2, 3]) == 1 { stack[base] = stack.removeLast() }
        try invoke(pointer, base: base)
    }
}
