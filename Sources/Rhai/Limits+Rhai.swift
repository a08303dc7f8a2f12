// The bounds of this target: scripts, what they build, and how long they run.

public import Primitives

extension Limits {
    // MARK: Source

    /// Bytes of a script: far more than anybody writes into a node. Tokens and steps take some fifty times as much.
    static let scriptBytesMax = 128 * 1024
    /// Expressions and blocks inside each other (spec nodes.md 2.13). Reading and translating go down level by level on
    /// the stack of a thread, which may have 512 KiB.
    static let scriptDepthMax = 32
    /// Properties and indices on the left of one assignment: they are walked level by level on the stack.
    static let scriptPathStepsMax = 32
    /// Variables that are visible at one place (spec nodes.md 2.13).
    static let scriptVariablesMax = 50
    /// Arguments of one call: more than any function takes.
    static let scriptArgumentsMax = 32

    // MARK: Runs

    /// Calls of functions inside each other (spec nodes.md 2.13). Frames lie on the heap, not on the thread's stack.
    static let scriptCallDepthMax = 256
    /// Steps of one run (spec nodes.md 2.13).
    public static let scriptOperationsMax = 10_000_000
    /// Steps of a script that surely ends soon: with the bounds of values, some milliseconds at most.
    static let scriptBriefStepsMax = 1_000
    /// Steps between two looks at the clock and at a stop (spec nodes.md 2.13).
    static let scriptOperationsPerPoll = 4_096
    /// Bytes that count as one step when they are copied, compared or searched: they take about as long.
    static let scriptBytesPerOperation = 64

    // MARK: Values

    /// Bytes of a string, and of all strings in one array or map (spec nodes.md 2.13).
    static let scriptStringBytesMax = 50_000
    /// Elements of an array with those of all arrays inside, and bytes of a blob (spec nodes.md 2.13).
    static let scriptArrayElementsMax = 10_000
    /// Entries of a map with those of all maps inside (spec nodes.md 2.13).
    static let scriptMapEntriesMax = 10_000
    /// Arrays, maps and functions inside each other: what a value on a port may have. They are freed, compared and
    /// printed level by level on the stack.
    static let scriptValueDepthMax = 60
    /// Bytes, about, of all values of one run together: fifty variables full to their bounds.
    static let scriptHeapBytesMax = 64 * 1024 * 1024
    /// Bytes that a run may make before its values are added up again.
    static let scriptBytesPerMeasure = 16 * 1024 * 1024
    /// Places on the stack of a run: 256 calls with fifty variables each, and what is between them.
    static let scriptStackMax = 60_000
    /// Variables that closures share at one time.
    static let scriptSharedMax = 50_000
    /// Characters of a script's text in an error: enough to recognise it.
    static let scriptQuotedCharactersMax = 200
}
