// Changing inside of values, without copies of what lies around.

internal import Values

/// What is done at the end of a path.
enum PathAction {
    case assign(Dynamic)
    case operate(BinaryOperator, Dynamic)
    case call(CallSite, Arguments)

    var isCall: Bool {
        if case .call = self { true } else { false }
    }
}

/// A walk along a path. Goes down as deep as the path is long, which is bounded.
struct PathAccess {
    let path: Path
    let keys: [Dynamic]
    let action: PathAction

    /// The value at the end of the path, as reading it step by step gives it.
    func read(_ root: Dynamic, _ session: inout Session) throws(Fault) -> Dynamic {
        var value = root
        var key = 0
        for (step, isSafe) in path.steps {
            if isSafe, value.isUnit { return .unit }
            switch step {
            case .property(let name): value = try Access.property(name, of: value, &session)
            case .index:
                value = try Access.element(keys[key], of: value, &session)
                key += 1
            }
        }
        return value
    }

    /// Does the action, from step `step` on.
    func perform(
        _ target: inout Dynamic, _ session: inout Session, step: Int = 0, key: Int = 0
    ) throws(Fault) -> Dynamic {
        guard step < path.steps.count else { return try finish(&target, &session) }
        if path.steps[step].isSafe, target.isUnit { return .unit }
        switch path.steps[step].step {
        case .property(let name):
            return try performInMap(name, isProperty: true, &target, &session, step: step, key: key)
        case .index:
            // Asked for its kind only: a copy of the target would make every change a copy of all of it.
            let kind = target.kind
            switch keys[key] {
            case .string(let name) where kind == .map:
                return try performInMap(name, isProperty: false, &target, &session, step: step, key: key + 1)
            case .char(let scalar) where kind == .map:
                let name = String(Character(scalar))
                return try performInMap(name, isProperty: false, &target, &session, step: step, key: key + 1)
            case .int(let index) where kind == .array:
                return try performInArray(index, &target, &session, step: step, key: key + 1)
            default: return try performOnCopy(&target, &session, step: step, key: key)
            }
        }
    }

    private func finish(_ target: inout Dynamic, _ session: inout Session) throws(Fault) -> Dynamic {
        switch action {
        case .assign(let value):
            target = value
            return .unit
        case .operate(let operation, let value):
            try BinaryOperation.assign(operation, &target, value, &session)
            return .unit
        case .call(let site, let arguments):
            if let native = site.native, let result = try native.call(&target, arguments, &session) {
                return result
            }
            throw .function(site.name, [target] + arguments.all)
        }
    }

    private func performInArray(
        _ index: Int64, _ target: inout Dynamic, _ session: inout Session, step: Int, key: Int
    ) throws(Fault) -> Dynamic {
        guard let box = target.takeArray() else { return .unit }
        defer { target = .array(box) }
        let place = try Access.place(index, of: "array", count: box.count)
        if step + 1 == path.steps.count, case .assign(let value) = action {
            try box.set(value, at: place)
            return .unit
        }
        var element = box.take(place)
        return try perform(inside: &element, &session, step: step, key: key) { element throws(Fault) in
            try box.putBack(element, at: place)
        }
    }

    private func performInMap(
        _ name: String, isProperty: Bool, _ target: inout Dynamic, _ session: inout Session, step: Int,
        key: Int
    ) throws(Fault) -> Dynamic {
        guard let box = target.takeMap() else {
            guard isProperty else { throw Access.wrongIndex(.string(name), target) }
            return try performOnProperty(name, &target, &session, step: step, key: key)
        }
        defer { target = .map(box) }
        if step + 1 == path.steps.count, case .assign(let value) = action {
            try box.set(value, for: name)
            return .unit
        }
        guard let place = box.position(of: name) else {
            var element = Dynamic.unit
            let result = try perform(&element, &session, step: step + 1, key: key)
            if !element.isUnit { try box.set(element, for: name) }
            return result
        }
        var element = box.take(place)
        return try perform(inside: &element, &session, step: step, key: key) { element throws(Fault) in
            try box.putBack(element, at: place)
        }
    }

    /// Goes on in an element that was taken out, and puts it back, also after an error with what has changed by then.
    private func perform(
        inside element: inout Dynamic, _ session: inout Session, step: Int, key: Int,
        putBack: (Dynamic) throws(Fault) -> Void
    ) throws(Fault) -> Dynamic {
        let result: Dynamic
        do {
            result = try perform(&element, &session, step: step + 1, key: key)
        } catch {
            try putBack(element)
            throw error
        }
        try putBack(element)
        return result
    }

    /// Properties of other values cannot be set, but what they give may have methods.
    private func performOnProperty(
        _ name: String, _ target: inout Dynamic, _ session: inout Session, step: Int, key: Int
    ) throws(Fault) -> Dynamic {
        guard action.isCall else { throw Access.unknown(name, target) }
        var element = try Access.property(name, of: target, &session)
        return try perform(&element, &session, step: step + 1, key: key)
    }

    /// Characters, bytes and bits are taken out, changed, and put back.
    private func performOnCopy(
        _ target: inout Dynamic, _ session: inout Session, step: Int, key: Int
    ) throws(Fault) -> Dynamic {
        let index = keys[key]
        var element = Dynamic.unit
        var result = Dynamic.unit
        if step + 1 == path.steps.count, case .assign(let value) = action {
            element = value
        } else {
            element = try Access.element(index, of: target, &session)
            result = try perform(&element, &session, step: step + 1, key: key + 1)
        }
        // What is cut out of a string is a string of its own.
        if action.isCall, case .string = target, case .range = index { return result }
        try PathAccess.put(element, at: index, into: &target, &session)
        return result
    }

    private static func put(
        _ value: Dynamic, at key: Dynamic, into target: inout Dynamic, _ session: inout Session
    ) throws(Fault) {
        if target.kind == .blob, case .int(let index) = key, case .int(let byte) = value {
            guard let box = target.takeBlob() else { return }
            defer { target = .blob(box) }
            let place = try Access.place(index, of: "blob", count: box.bytes.count)
            box.bytes[place] = UInt8(truncatingIfNeeded: byte)
            return
        }
        switch (target, key, value) {
        case (.string(let text), .int(let index), .char(let scalar)):
            session.read(text.utf8.count)
            guard let place = TextIndex.place(index, in: text) else {
                throw .index(index, of: "string", count: text.unicodeScalars.count)
            }
            var scalars = text.unicodeScalars
            scalars.replaceSubrange(place...place, with: [scalar])
            target = try session.string(String(scalars))
        case (.int(let number), .int(let bit), .bool(let isSet)):
            let mask: Int64 = 1 << Int64(try Access.place(bit, of: "bit", count: 64))
            target = .int(isSet ? number | mask : number & ~mask)
        case (.int(let number), .range(let range), .int(let bits)):
            target = .int(BitField(range).write(bits, into: number))
        case (.string, .int, _), (.blob, .int, _), (.int, .int, _), (.int, .range, _):
            throw Fault(
                .typeMismatch,
                "a value of type '\(value.typeName)' cannot be put into a value of type '\(target.typeName)'")
        default: throw Access.wrongIndex(key, target)
        }
    }
}

extension Fault {
    /// No function takes these values.
    static func function(_ name: String, _ values: [Dynamic]) -> Fault {
        Fault(
            .functionNotFound,
            "function not found: \(name) (\(values.map(\.typeName).joined(separator: ", ")))")
    }
}
