// A statement as a function: it takes a value, and gives what its rows say.

internal import Postgres

/// A statement that is sent, with the values of its parameters.
struct BoundStatement: Sendable {
    let statement: PostgresStatement
    let values: [PostgresValue]
}

/// What all statements have in common, for the lists of them.
protocol ListedStatement: Sendable {
    /// Text and types of parameters.
    var prepared: PostgresStatement { get }
    /// The connections of the storage loop that prepare it; none if it is asked only where one waits for the database.
    var places: [StatementPlace] { get }
    /// The types of the columns that its reader expects.
    var resultTypes: [PostgresType] { get }
}

/// Where a statement is prepared.
enum StatementPlace: Hashable, Sendable {
    /// The journal's connection.
    case journal
    /// A connection of questions.
    case channel(Question.Channel)
}

/// A statement whose parameters are made from a value, and whose rows are read as another one.
///
/// Neither its text nor its readers name a parameter or a column by a number. A `StatementBuilder` gives them out.
struct Statement<Input, Answer>: ListedStatement {
    let prepared: PostgresStatement
    let places: [StatementPlace]
    let resultTypes: [PostgresType]
    private let parameters: [@Sendable (Input) -> PostgresValue]
    /// Makes the answer from the rows. Throws if they are not what the statement selects.
    let read: @Sendable (PostgresRows) throws(PostgresError) -> Answer

    /// A statement for questions over these connections.
    init(
        _ name: String, on channels: Question.Channel...,
        make: (inout StatementBuilder<Input>) -> StatementBody<Answer>
    ) {
        self.init(name, places: channels.map { .channel($0) }, make: make)
    }

    /// A statement of the journal.
    init(journal name: String, make: (inout StatementBuilder<Input>) -> StatementBody<Answer>) {
        self.init(name, places: [.journal], make: make)
    }

    /// A statement that is asked only where one waits for the database: by commands, and before the storage loop runs.
    init(waiting name: String, make: (inout StatementBuilder<Input>) -> StatementBody<Answer>) {
        self.init(name, places: [], make: make)
    }

    private init(
        _ name: String, places: [StatementPlace],
        make: (inout StatementBuilder<Input>) -> StatementBody<Answer>
    ) {
        var builder = StatementBuilder<Input>()
        let body = make(&builder)
        prepared = PostgresStatement(name, builder.parameterTypes, body.sql)
        self.places = places
        parameters = builder.parameters
        resultTypes = builder.result.types
        read = body.read
    }

    /// The connection that a question goes over: the given one, which must have prepared the statement, or else the only
    /// one.
    func channel(_ given: Question.Channel?) -> Question.Channel {
        for case .channel(let channel) in places where given == nil || given == channel { return channel }
        preconditionFailure("\(prepared.name) is asked over a connection that has not prepared it")
    }

    /// The statement with parameters made from this value.
    func bound(to input: Input) -> BoundStatement {
        BoundStatement(statement: prepared, values: parameters.map { $0(input) })
    }
}

extension BlockingConnection {
    /// Asks a statement and waits for the answer.
    @discardableResult
    func ask<Input, Answer>(_ statement: Statement<Input, Answer>, _ input: Input) throws(PostgresError)
        -> Answer
    {
        try statement.read(try run(statement.bound(to: input)))
    }

    /// Asks a statement, waits, and gives its rows as they are.
    func run(_ bound: BoundStatement) throws(PostgresError) -> PostgresRows {
        try run(bound.statement, bound.values)
    }
}
