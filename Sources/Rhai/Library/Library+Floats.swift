// Functions for floating-point numbers.

internal import Glibc
internal import Values

extension Library {
    static func addFloats(to library: inout LibraryBuilder) {
        library.add("PI", .nothing) { (_, _, _) throws(Fault) in .float(.pi) }
        library.add("E", .nothing) { (_, _, _) throws(Fault) in .float(M_E) }
        let functions: [(String, @Sendable (Double) -> Double)] = [
            ("sin", { sin($0) }), ("cos", { cos($0) }), ("tan", { tan($0) }), ("sinh", { sinh($0) }),
            ("cosh", { cosh($0) }), ("tanh", { tanh($0) }), ("asin", { asin($0) }), ("acos", { acos($0) }),
            ("atan", { atan($0) }), ("asinh", { asinh($0) }), ("acosh", { acosh($0) }),
            ("atanh", { atanh($0) }),
            ("sqrt", { $0.squareRoot() }), ("exp", { exp($0) }), ("ln", { Glibc.log($0) }),
            ("log", { log10($0) }), ("log10", { log10($0) }),
            ("to_degrees", { $0 * 180 / .pi }), ("to_radians", { $0 * .pi / 180 }),
        ]
        for (name, function) in functions {
            library.add(name, [.float]) { (value, arguments, _) throws(Fault) in
                guard case .float(let number) = value else { return nil }
                if arguments.count == 1, case .float(let other) = arguments.a {
                    switch name {
                    case "log": return .float(Glibc.log(number) / Glibc.log(other))
                    case "atan": return .float(atan2(number, other))
                    default: return nil
                    }
                }
                return arguments.count == 0 ? .float(function(number)) : nil
            }
        }
        library.add("hypot", [.float]) { (value, arguments, _) throws(Fault) in
            guard case .float(let a) = value, arguments.count == 1, case .float(let b) = arguments.a else {
                return nil
            }
            return .float(hypot(a, b))
        }
        addRounding(to: &library)
    }

    private static func addRounding(to library: inout LibraryBuilder) {
        let functions: [(String, @Sendable (Double) -> Dynamic)] = [
            ("floor", { .float($0.rounded(.down)) }), ("ceiling", { .float($0.rounded(.up)) }),
            ("round", { .float($0.rounded(.toNearestOrAwayFromZero)) }),
            ("int", { .float($0.rounded(.towardZero)) }),
            ("fraction", { .float($0 - $0.rounded(.towardZero)) }), ("is_nan", { .bool($0.isNaN) }),
            ("is_finite", { .bool($0.isFinite) }), ("is_infinite", { .bool($0.isInfinite) }),
        ]
        for (name, function) in functions {
            library.add(name, [.float], .property) { (value, arguments, _) throws(Fault) in
                guard case .float(let number) = value, arguments.count == 0 else { return nil }
                return function(number)
            }
        }
    }
}
