// The steps that a script becomes.

/// One step. What the two numbers mean depends on the operation.
struct Instruction: Sendable {
    var operation: Opcode
    var a: Int32
    var b: Int32
}

/// What a step does. Steps take values from the top of a stack and put their results there.
enum Opcode: UInt8, Sendable {
    // Values: `a` is a place in a table or the value itself.
    case constant, unit, boolean, integer, missing
    // Variables: `a` is a slot of the frame, `b` a name for errors.
    case load, store, declare
    /// As `load`; a variable that does not exist may be a function.
    case loadFree
    /// `a` is a slot of the main frame.
    case loadGlobal
    case pop, duplicate
    /// Drops `a` values below the top one.
    case dropBelow
    // Operators: `a` is the operator.
    case binary, unary
    /// `slot a op= top`, the operator being `b`.
    case operate
    // Jumps to `a`.
    case jump, jumpIfFalse, jumpIfTrue
    /// `&&` and `||`: keeps a value that decides, else drops it.
    case jumpIfFalseKeeping, jumpIfTrueKeeping
    /// Throws unless the top is true or false; `a` is the operator.
    case checkBool
    /// `??`: keeps a value that is there, else drops it.
    case jumpUnlessUnitKeeping
    /// `?.`: ends the row at a missing value.
    case jumpIfUnitKeeping
    // Literals: `a` is a count, or a table of names.
    case makeArray, makeMap, makeText
    /// Whether two values are the same, as a case asks.
    case same
    /// Whether a value lies in range `a`.
    case isInRange
    // Steps into values: `a` is a name.
    case index, property
    /// Assigns along path `a`; `b` is an operator plus one, or 0.
    case assignPath
    // Calls: `a` is a call site or a function.
    case method, callFunction, callNative
    /// Calls a method on what path `b` leads to; a path below zero, counted from -1, is safe at its end.
    case methodPath
    /// `a` arguments behind a function pointer.
    case callPointer, curry
    /// Calls a function pointer with an element and its place: it takes as many of them as it has parameters.
    case callEach, callReduce
    case makePointer, isDefinedVariable, isDefinedFunction, isShared, typeOf
    /// Makes a closure of function `a` that shares the slots of list `b`.
    case makeClosure
    case giveBack, raise
    /// Ends the whole run with the value on top.
    case exit
    /// Throws again what the handler with slot `a` has caught.
    case raiseAgain
    /// Begins a part whose errors go on at `a`; the error's value goes to slot `b`.
    case pushHandler, popHandler
    /// Prepares slots `a` and the next for a walk over the top value.
    case beginWalk
    /// Puts the next value of a walk on the stack, or jumps to `b`.
    case nextInWalk
    /// Fails with message `a`.
    case fail
}

extension Opcode {
    /// True if `a` is a slot of the frame.
    var namesSlot: Bool {
        switch self {
        case .load, .store, .declare, .loadFree, .operate, .isShared, .raiseAgain, .beginWalk, .nextInWalk:
            true
        default: false
        }
    }
}
