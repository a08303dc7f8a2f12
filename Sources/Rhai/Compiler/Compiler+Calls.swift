// Calls, and rows of properties, indices and methods.

internal import Primitives

extension Compiler {
    // MARK: Rows

    /// Leaves the value at the end of a row on the stack.
    mutating func compileChain(_ root: Expression, _ links: [Link]) throws(RhaiError) {
        let base = scope.height
        var rest = links[...]
        if let count = changingPrefix(root, links), let variable = try variable(of: root) {
            guard case .method(let name, let arguments) = links[count].kind else { return }
            let path = try compilePath(root, variable, links[..<count])
            for argument in arguments { try compile(argument) }
            let site = addSite(name, arguments.count)
            if variable.isConstant, scope.tables.sites[site].native?.isMutating == true {
                emitFailure(
                    Fault(
                        .script, "'\(name)' cannot change a constant",
                        name: "ErrorNonPureMethodCallOnConstant"),
                    at: links[count].position)
            }
            emit(.methodPath, site, links[count].isSafe ? -path - 1 : path, at: links[count].position)
            rest = links[(count + 1)...]
        } else {
            try compile(root)
        }
        scope.height = base + 1
        var exits: [Int] = []
        for link in rest {
            if link.isSafe { exits.append(emitJump(.jumpIfUnitKeeping, at: link.position)) }
            switch link.kind {
            case .property(let name): emit(.property, self.name(name), at: link.position)
            case .index(let index):
                try compile(index)
                emit(.index, at: link.position)
            case .method(let name, let arguments):
                for argument in arguments { try compile(argument) }
                emit(.method, addSite(name, arguments.count), at: link.position)
            }
            scope.height = base + 1
        }
        for exit in exits { land(exit) }
    }

    /// How many links lie before the first method, if that may change the variable at the root.
    private func changingPrefix(_ root: Expression, _ links: [Link]) -> Int? {
        switch root {
        case .variable, .this: break
        default: return nil
        }
        for (count, link) in links.enumerated() {
            guard case .method(let name, let arguments) = link.kind else { continue }
            guard count <= Limits.scriptPathStepsMax, mayChange(name, arguments.count) else { return nil }
            return count
        }
        return nil
    }

    private func mayChange(_ name: String, _ count: Int) -> Bool {
        if functionIndex[FunctionKey(name: name, count: count)] != nil { return true }
        return Library.natives[name]?.isMutating ?? true
    }

    /// The variable at the root of a row; nil if there is none of this name.
    private func variable(of root: Expression) throws(RhaiError) -> Variable? {
        switch root {
        case .this: Variable(slot: 0, isConstant: false)
        case .variable(let name, let position): try scope.resolve(name, at: position)
        default: nil
        }
    }

    /// Adds a path and leaves its keys on the stack.
    private mutating func compilePath(
        _ root: Expression, _ variable: Variable, _ links: ArraySlice<Link>
    ) throws(RhaiError) -> Int {
        guard links.count <= Limits.scriptPathStepsMax else {
            throw failure("more than \(Limits.scriptPathStepsMax) steps into a value", at: root.position)
        }
        var steps: [(step: Path.Step, isSafe: Bool)] = []
        var keyCount = 0
        for link in links {
            switch link.kind {
            case .property(let name): steps.append((.property(name), link.isSafe))
            case .index(let index):
                try compile(index)
                keyCount += 1
                steps.append((.index, link.isSafe))
            case .method: break
            }
        }
        let name = if case .variable(let name, _) = root { name } else { "this" }
        scope.tables.paths.append(Path(root: variable.slot, rootName: name, steps: steps, keyCount: keyCount))
        return scope.tables.paths.count - 1
    }

    // MARK: Assignments

    mutating func compileAssignment(
        _ target: Expression, _ operation: BinaryOperator?, _ value: Expression, at position: Position
    ) throws(RhaiError) {
        let base = scope.height
        let (root, links): (Expression, [Link]) =
            if case .chain(let root, let links) = target { (root, links) } else { (target, []) }
        guard let variable = try variable(of: root) else {
            try compile(value)
            emit(.pop, at: position)
            scope.height = base
            let name = if case .variable(let name, _) = root { name } else { "this" }
            return emitFailure(.variable(name), at: root.position)
        }
        let name = if case .variable(let name, _) = root { name } else { "this" }
        guard !variable.isConstant else {
            throw failure("nothing can be assigned to the constant '\(name)'", at: root.position)
        }
        if links.isEmpty {
            try compile(value)
            if let operation {
                emit(.operate, Int(variable.slot), Int(operation.rawValue), at: position)
            } else {
                emit(.store, Int(variable.slot), self.name(name), at: root.position)
            }
        } else {
            let path = try compilePath(root, variable, links[...])
            try compile(value)
            emit(
                .assignPath, path, operation.map { Int($0.rawValue) + 1 } ?? 0,
                at: links[links.count - 1].position)
        }
        scope.height = base
    }

    // MARK: Calls

    mutating func compileCall(_ name: String, _ arguments: [Expression], at position: Position)
        throws(RhaiError)
    {
        if let function = functionIndex[FunctionKey(name: name, count: arguments.count)] {
            isBrief = false
            emit(.missing, at: position)
            scope.height += 1
            for argument in arguments { try compile(argument) }
            return emit(.callFunction, function, arguments.count, at: position)
        }
        if try compileSpecial(name, arguments, at: position) { return }
        let isKnown = functionNames.contains(name)
        if !isKnown, let reason = Compiler.refused[name] {
            throw failure("'\(name)' is not offered: \(reason)", at: position)
        }
        // A function that changes its first argument gets the variable itself.
        if let first = arguments.first, case .variable(let root, _) = first,
            Library.natives[name]?.isMutating == true, let variable = try scope.resolve(root, at: position),
            !variable.isConstant
        {
            let path = try compilePath(first, variable, [])
            for argument in arguments.dropFirst() { try compile(argument) }
            let site = addSite(name, arguments.count - 1, mayBeScript: false)
            return emit(.methodPath, site, path, at: position)
        }
        for argument in arguments { try compile(argument) }
        emit(.callNative, addSite(name, arguments.count, isMethod: false), at: position)
    }

    private static let refused = [
        "eval": "a script cannot read other scripts",
        "sleep": "use a node that waits",
        "import": "a script has no modules",
    ]

    /// Functions that only a translator can make; false for any other name.
    private mutating func compileSpecial(
        _ name: String, _ arguments: [Expression], at position: Position
    ) throws(RhaiError) -> Bool {
        switch (name, arguments.count) {
        case ("Fn", 1):
            isBrief = false
            try compile(arguments[0])
            emit(.makePointer, at: position)
        case ("call", 1...), ("curry", 1...), ("call_each", 3), ("call_reduce", 4):
            guard isLibrary || !name.hasPrefix("call_") else { return false }
            isBrief = false
            for argument in arguments { try compile(argument) }
            switch name {
            case "call": emit(.callPointer, arguments.count - 1, at: position)
            case "curry": emit(.curry, arguments.count - 1, at: position)
            case "call_each": emit(.callEach, at: position)
            default: emit(.callReduce, at: position)
            }
        case ("exit", 0...1):
            if let value = arguments.first { try compile(value) } else { emit(.unit, at: position) }
            emit(.exit, at: position)
        case ("type_of", 1):
            try compile(arguments[0])
            emit(.typeOf, at: position)
        case ("is_shared", 1):
            guard case .variable(let name, let place) = arguments[0],
                let variable = try scope.resolve(name, at: place)
            else { return false }
            emit(.isShared, Int(variable.slot), at: position)
        case ("is_def_var", 1):
            // An input that is only asked for is known, too.
            if case .constant(.string(let name), let place) = arguments[0] {
                _ = try scope.resolve(name, at: place)
            }
            try compile(arguments[0])
            scope.tables.visible.append(scope.visible)
            emit(.isDefinedVariable, scope.tables.visible.count - 1, at: position)
        case ("is_def_fn", 2):
            for argument in arguments { try compile(argument) }
            emit(.isDefinedFunction, at: position)
        case ("takes_nothing", 1) where isLibrary, ("place_from", 2) where isLibrary:
            // With a space, so that no script can call them.
            for argument in arguments { try compile(argument) }
            emit(
                .callNative,
                addSite(
                    name == "place_from" ? "place from" : "takes nothing", arguments.count, isMethod: false),
                at: position)
        default: return false
        }
        return true
    }

    /// Adds a call whose function is chosen when it happens.
    private mutating func addSite(
        _ name: String, _ count: Int, isMethod: Bool = true, mayBeScript: Bool = true
    ) -> Int {
        let native = Library.natives[name]
        let library =
            isLibrary ? [] : Prelude.functions(named: name, count: isMethod ? count : max(0, count - 1))
        let function = isMethod && mayBeScript ? functionIndex[FunctionKey(name: name, count: count)] : nil
        if function != nil || !library.isEmpty || native == nil || native?.isCostly == true {
            isBrief = false
        }
        scope.tables.sites.append(
            CallSite(name: name, argumentCount: count, function: function, native: native, library: library))
        return scope.tables.sites.count - 1
    }
}
