// The connections that questions go over, with what each is for.

internal import Engine
internal import Primitives

extension Question {
    /// The connection that a question goes over.
    enum Channel: Int, CaseIterable, Sendable {
        /// Questions that starts of runs and requests of clients wait for. Each finds a few rows by their key, and ends
        /// within a millisecond or so, however full the database is.
        case commands
        /// Questions that may read much of a run or of a user: pages of events, outputs, all that waits for a user.
        case reads
        /// Questions that nobody waits for: the search for runs of dead servers, and the reading of these runs.
        case upkeep
        /// What nodes read and write for their owners. It may be large, and nothing else must wait behind it.
        case userContent
        /// What clients read and write in tables. Each statement is made of a request and planned anew, and some read
        /// a lot.
        case tables

        /// The name in the log, and of the connection in the database.
        var name: String {
            switch self {
            case .commands: "commands"
            case .reads: "reads"
            case .upkeep: "upkeep"
            case .userContent: "user content"
            case .tables: "tables"
            }
        }

        var token: StorageToken {
            switch self {
            case .commands: .commands
            case .reads: .reads
            case .upkeep: .upkeep
            case .userContent: .userContent
            case .tables: .tables
            }
        }

        /// How many questions may be sent ahead of their answers.
        var inFlightMax: Int {
            switch self {
            case .commands, .reads: Limits.databaseQuestionsInFlightMax
            case .upkeep: Limits.upkeepQuestionsInFlightMax
            case .userContent: Limits.userQuestionsInFlightMax
            case .tables: Limits.tableQuestionsInFlightMax
            }
        }

        /// How long the database may work on one question, in milliseconds.
        var statementMillisecondsMax: Int {
            switch self {
            case .commands, .reads, .userContent: Limits.statementMillisecondsMax
            case .upkeep: Limits.upkeepMillisecondsMax
            case .tables: Limits.tableStatementMillisecondsMax
            }
        }

        /// How long a caller waits for the answer, in milliseconds; nil if as long as the connection lasts.
        var callerMillisecondsMax: Int? { self == .commands ? Limits.startAnswerMillisecondsMax : nil }

        /// Settings of the connection. The planner is pinned to the ways through indexes, for which the statements are
        /// written: the planner's statistics of a table that has just grown, or was emptied, are wrong, and a plan made
        /// from them may take minutes. Wrong statistics may also make the planner prefer a wrong index. So a table is
        /// looked up by its key inside of a sub-select that holds nothing else and that the planner does not take apart
        /// (`OFFSET 0`).
        var setUp: String {
            """
            SET client_min_messages = error; SET timezone = 'UTC'; SET jit = off;
            SET statement_timeout = \(statementMillisecondsMax); SET lock_timeout = '2s'; SET synchronous_commit = on
            """
                + (self == .tables
                    ? ""
                    : """
                    ; SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off;
                    SET enable_mergejoin = off
                    """)
        }
    }
}
