// Why a script cannot be read or did not end well.

/// A mistake in a script, or of its run, with its place.
public struct RhaiError: Error, Sendable, CustomStringConvertible {
    /// What kind of mistake it is (spec nodes.md 2.13).
    public enum Kind: String, Sendable {
        case parse = "ParseError"
        case functionNotFound = "FunctionNotFound"
        case variableNotFound = "VariableNotFound"
        case indexNotFound = "IndexNotFound"
        case propertyNotFound = "PropertyNotFound"
        case typeMismatch = "TypeMismatch"
        case outputTypeMismatch = "OutputTypeMismatch"
        case arithmetic = "ArithmeticError"
        case runtime = "RuntimeError"
        case system = "SystemError"
        case tooManyOperations = "TooManyOperations"
        case terminated = "Terminated"
        case script = "ScriptError"
    }

    public let kind: Kind
    /// The line, from 1; 0 if the mistake has no place.
    public let line: Int
    /// The character in its line, from 1; 0 if the mistake has no place.
    public let column: Int
    /// A sentence without kind and place.
    public let message: String

    /// A mistake at a place.
    public init(kind: Kind, line: Int, column: Int, message: String) {
        self.kind = kind
        self.line = line
        self.column = column
        self.message = message
    }

    init(_ kind: Kind, _ message: String, at position: Position) {
        self.init(kind: kind, line: Int(position.line), column: Int(position.column), message: message)
    }

    /// `[Kind] line L:C: message`; without the place if there is none.
    public var description: String {
        line == 0 ? "[\(kind.rawValue)] \(message)" : "[\(kind.rawValue)] line \(line):\(column): \(message)"
    }
}

/// A place in a script.
struct Position: Sendable, Equatable {
    /// Both from 1; 0 for no place.
    var line: UInt32
    var column: UInt32

    static let none = Position(line: 0, column: 0)
}

/// A mistake of a run before its place is known.
struct Fault: Error, Sendable {
    let kind: RhaiError.Kind
    let message: String
    /// The name that a script sees in a caught error.
    let name: String
    /// False for what must end a run: bounds and stops.
    let isCatchable: Bool
    /// True if a script threw a value, which the machine holds.
    let isThrown: Bool

    init(
        _ kind: RhaiError.Kind, _ message: String, name: String? = nil, isCatchable: Bool = true,
        isThrown: Bool = false
    ) {
        self.kind = kind
        self.message = message
        self.name = name ?? Fault.name(of: kind)
        self.isCatchable = isCatchable
        self.isThrown = isThrown
    }

    private static func name(of kind: RhaiError.Kind) -> String {
        switch kind {
        case .functionNotFound: "ErrorFunctionNotFound"
        case .variableNotFound: "ErrorVariableNotFound"
        case .indexNotFound: "ErrorIndexNotFound"
        case .propertyNotFound: "ErrorPropertyNotFound"
        case .typeMismatch: "ErrorMismatchDataType"
        case .outputTypeMismatch: "ErrorMismatchOutputType"
        case .arithmetic: "ErrorArithmetic"
        case .runtime: "ErrorRuntime"
        default: "ErrorScript"
        }
    }

    /// The name of the fault by which `exit` ends a run; no script sees it.
    static let exit = "Exit"

    /// Something became greater than it may be.
    static func tooLarge(_ what: String, _ limit: Int) -> Fault {
        Fault(.script, "\(what) is more than \(limit)", name: "ErrorDataTooLarge", isCatchable: false)
    }

    static func arithmetic(_ message: String) -> Fault { Fault(.arithmetic, message) }

    static func index(_ index: Int64, of what: String, count: Int) -> Fault {
        Fault(
            .indexNotFound,
            count == 0
                ? "\(what) index \(index) is out of bounds: there are no elements"
                : "\(what) index \(index) is out of bounds: there are \(count) elements",
            name: "ErrorArrayBounds")
    }
}
