// A whole script as a tree.

/// What a script says: its functions, which may be used anywhere, and its steps.
struct ScriptSyntax: Sendable {
    let main: Block
    let functions: [FunctionSyntax]
}
