// Calls that are under way.

/// One call of a function.
struct Frame {
    let code: Code
    /// The step that comes next.
    var index = 0
    /// Where the frame begins on the stack: at its `this`.
    let base: Int
    /// How many functions of the script are inside each other here.
    var depth = 0
    /// Where `this` goes when the call is over.
    var writeBack = WriteBack.nowhere

    enum WriteBack {
        case nowhere
        /// To the variable that it was taken from, by its place on the stack.
        case variable(Int)
        /// Along a path from a variable.
        case path(Path, keys: [Dynamic], root: Int)
    }
}

/// A part of a function whose errors are handled.
struct Handler {
    /// The number of calls.
    let frameCount: Int
    let stackCount: Int
    let target: Int
    /// The place on the stack that gets the error's value.
    let slot: Int
}
