// The bounds of this target: nodes.

internal import Primitives

extension Limits {
    // MARK: Requests to other servers

    /// Bytes of JSON that a node reads, from another server or in a text: a tree of many small numbers takes some twenty
    /// times as much memory.
    static let jsonTextBytesMax = 16 * 1024 * 1024
    /// Bytes of another server's answer that a node's error quotes: what people read of an error, and no more.
    static let answerQuotedBytesMax = 4 * 1024

    /// Key pairs that are drawn for an account that is not there yet: a second one would be a wonder, and a server that
    /// knows every account is not to be asked for ever.
    static let keyPairDrawsMax = 3

    // MARK: Engine

    /// Bytes, about, of one output that a node makes: more than an event can show would be seen by nobody, and a few
    /// nodes in a row could fill the memory.
    static let nodeOutputBytesMax = 8 * 1024 * 1024
    /// Elements of one array made by a node (spec flow-engine 5.8).
    static let rangeElementsMax = 10_000_000

    // MARK: Scripts

    /// Seconds of one script: ten times what its steps may take.
    static let scriptSecondsMax = 30.0
    /// Lines that one execution of a script writes to the log: more than people read.
    static let scriptLogLinesMax = 1_000
    /// Bytes of these lines together: little beside what the database takes in a second.
    static let scriptLogBytesMax = 256 * 1024
    /// Steps of a script that runs in a lane's turn: some hundred microseconds, while others wait.
    static let briefScriptOperationsMax = 2_000
    /// Bytes, about, of the inputs, and of the outputs, of such a script: what it costs to read and to look through them.
    static let briefScriptBytesMax = 4 * 1024

    // MARK: What users keep

    /// Items that one kvexplorer shows: each is a question to storage.
    static let pinnedItemsMax = 256

    // MARK: Nodes

    /// Bytes of a pattern to search for: some pages of what people write by hand.
    static let patternBytesMax = 4 * 1024
    /// Steps of a pattern with all of its repetitions written out: each costs time at every place of a text.
    static let patternInstructionsMax = 5_000
    /// Groups of a pattern inside each other: reading a pattern goes down level by level on the stack.
    static let patternDepthMax = 64
    /// Groups of a pattern whose matches are remembered, which costs memory for each step.
    static let patternGroupsMax = 64
    /// Steps of all searches in one execution: a few seconds.
    static let patternStepsMax = 200_000_000
    /// Bytes of a pattern of dates: several times the longest that names every part.
    static let datePatternBytesMax = 256
    /// Bytes of the name of a time zone: the longest has about thirty.
    static let timeZoneNameBytesMax = 64
    /// Columns of a table: what spreadsheets take.
    static let tableColumnsMax = 16_384
}
