// The connections of the storage loop, by what they are for.

/// The connections that questions go over, each for its own kind; see `Question.Channel`.
struct StorageSessions {
    let commands: CommandSession
    let reads: CommandSession
    let upkeep: CommandSession
    let userContent: CommandSession
    let tables: CommandSession

    var all: [CommandSession] { [commands, reads, upkeep, userContent, tables] }

    subscript(channel: Question.Channel) -> CommandSession {
        switch channel {
        case .commands: commands
        case .reads: reads
        case .upkeep: upkeep
        case .userContent: userContent
        case .tables: tables
        }
    }

    /// The one whose descriptor or timer has this token.
    subscript(token: UInt64) -> CommandSession? { all.first { $0.token == token } }
}
