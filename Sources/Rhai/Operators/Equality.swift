// When two values of a script are equal, and which one comes first.

internal import Values

extension Dynamic {
    /// Equality as `==` has it. Values of unrelated kinds are not equal; numbers of different kinds are compared as
    /// numbers, except floating-point numbers with decimals.
    static func areEqual(_ left: Dynamic, _ right: Dynamic) -> Bool {
        switch (left, right) {
        case (.unit, .unit): true
        case (.bool(let a), .bool(let b)): a == b
        case (.int(let a), .int(let b)): a == b
        case (.float(let a), .float(let b)): a == b
        case (.int(let a), .float(let b)): Double(a) == b
        case (.float(let a), .int(let b)): a == Double(b)
        case (.decimal(let a), .decimal(let b)): a == b
        case (.int(let a), .decimal(let b)): Decimal96(a) == b
        case (.decimal(let a), .int(let b)): a == Decimal96(b)
        case (.char(let a), .char(let b)): a == b
        case (.string(let a), .string(let b)): a.isSameText(as: b)
        case (.string(let a), .char(let b)), (.char(let b), .string(let a)):
            a.unicodeScalars.first == b && a.utf8.count == UTF8.width(b)
        case (.array(let a), .array(let b)):
            a === b || (a.count == b.count && zip(a.elements, b.elements).allSatisfy { areEqual($0, $1) })
        case (.map(let a), .map(let b)):
            a === b
                || (a.count == b.count
                    && a.entries.allSatisfy { entry in
                        b.value(of: entry.key).map { areEqual(entry.value, $0) } ?? false
                    })
        case (.blob(let a), .blob(let b)): a.bytes == b.bytes
        case (.range(let a), .range(let b)):
            a.start == b.start && a.end == b.end && a.isInclusive == b.isInclusive
        case (.opaque(let a), .opaque(let b)): a.value == b.value
        default: false
        }
    }

    /// Equality of a case of `switch`: the kinds must be the same, too.
    static func areSame(_ left: Dynamic, _ right: Dynamic) -> Bool {
        left.kind == right.kind && areEqual(left, right)
    }

    /// A negative number if the left one comes first, 0 if they are equal; nil if there is no order.
    static func order(_ left: Dynamic, _ right: Dynamic) -> Int? {
        switch (left, right) {
        case (.int(let a), .int(let b)): sign(a, b)
        case (.float(let a), .float(let b)): sign(a, b)
        case (.int(let a), .float(let b)): sign(Double(a), b)
        case (.float(let a), .int(let b)): sign(a, Double(b))
        case (.decimal(let a), .decimal(let b)): sign(a, b)
        case (.int(let a), .decimal(let b)): sign(Decimal96(a), b)
        case (.decimal(let a), .int(let b)): sign(a, Decimal96(b))
        case (.char(let a), .char(let b)): sign(a, b)
        case (.string(let a), .string(let b)): order(a, b)
        case (.string(let a), .char(let b)): order(a, String(Character(b)))
        case (.char(let a), .string(let b)): order(String(Character(a)), b)
        case (.bool(let a), .bool(let b)): sign(a ? 1 : 0, b ? 1 : 0)
        case (.unit, .unit): 0
        default: nil
        }
    }

    private static func sign<Number: Comparable>(_ left: Number, _ right: Number) -> Int? {
        left < right ? -1 : left == right ? 0 : left > right ? 1 : nil
    }

    /// By bytes, which is the order of characters.
    private static func order(_ left: String, _ right: String) -> Int {
        if left.isSameText(as: right) { return 0 }
        return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
    }
}
