// A function ready to run.

/// The steps of one function with the tables that they use.
final class Code: Sendable {
    let name: String
    let parameterCount: Int
    /// Places of a frame: `this`, parameters, variables. Those that a closure shares come behind.
    let slotCount: Int
    let instructions: [Instruction]
    /// The place of each step in the source.
    let positions: [Position]
    let tables: CodeTables
    /// Functions of the library are not seen in errors: they are placed at the call.
    let isLibrary: Bool

    init(
        name: String, parameterCount: Int, slotCount: Int, instructions: [Instruction], positions: [Position],
        tables: CodeTables, isLibrary: Bool
    ) {
        self.name = name
        self.parameterCount = parameterCount
        self.slotCount = slotCount
        self.instructions = instructions
        self.positions = positions
        self.tables = tables
        self.isLibrary = isLibrary
    }
}

/// What the steps of one function refer to by number.
struct CodeTables: Sendable {
    var constants: [Constant] = []
    var names: [String] = []
    var paths: [Path] = []
    var sites: [CallSite] = []
    /// Variables that closures share.
    var captures: [[Capture]] = []
    var ranges: [CaseRange] = []
    /// The keys of map literals.
    var shapes: [[String]] = []
    /// Names with slots that are visible at a place, for `is_def_var`.
    var visible: [[(name: String, slot: Int32)]] = []
    var failures: [Fault] = []
}

/// A variable that a closure shares, in the frame where the closure is made.
struct Capture: Sendable {
    let name: String
    var slot: Int32
}

/// A way from a variable into its value, for changes in place.
struct Path: Sendable {
    enum Step: Sendable {
        case property(String)
        /// The key lies on the stack.
        case index
    }

    /// A slot of the frame.
    var root: Int32
    let rootName: String
    let steps: [(step: Step, isSafe: Bool)]
    let keyCount: Int
}

/// A range of a case; nil for an open end.
struct CaseRange: Sendable {
    let from: Int64?
    let to: Int64?
    let isInclusive: Bool
}

/// What is known of a call before it happens.
struct CallSite: Sendable {
    let name: String
    let argumentCount: Int
    /// The function of the script with this name and so many parameters.
    let function: Int?
    let native: Native?
    /// Functions of the library that call other functions, by the kind of the first value.
    let library: [LibraryFunction]
}

/// A function of the library that is written in the language itself, because it calls other functions.
struct LibraryFunction: Sendable {
    let receiver: Dynamic.Kind
    /// True if the name of a function will do for a function pointer.
    let takesName: Bool
    let code: Code
}
