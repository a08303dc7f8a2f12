// The connections of the storage loop that questions go over.

/// A session for each `Question.Channel`.
struct StorageSessions {
    /// In the order of the channels.
    let all: [CommandSession]

    /// The sessions of all channels; `make` makes one.
    init(_ make: (Question.Channel) -> CommandSession) {
        all = Question.Channel.allCases.map(make)
    }

    subscript(channel: Question.Channel) -> CommandSession { all[channel.rawValue] }

    /// The one whose descriptor or timer has this token.
    subscript(token: StorageToken) -> CommandSession? { all.first { $0.token == token } }

    var commands: CommandSession { self[.commands] }
    var reads: CommandSession { self[.reads] }
    var upkeep: CommandSession { self[.upkeep] }
}
