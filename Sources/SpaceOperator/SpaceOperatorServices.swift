// What the routes of the dialect use beside the engine. The maker of the dialect gives it.

public import Engine
public import Primitives
public import Tables
public import Values

/// Everything that the Space Operator dialect is made with.
public struct SpaceOperatorServices: Sendable {
    /// What `/info` tells clients to send as `apikey`.
    public var anonKey: String
    /// The version of this build.
    public var version = ""
    /// True while storage answers; asked by the health check.
    public var isReady: @Sendable () -> Bool
    /// The nodes that editors may put into flows, a JSON array. This dialect does not look inside.
    public var nodeDefinitions = Array("[]".utf8)
    /// The token that gives its holder the right to a run; shown to the caller who starts it.
    public var makeRunToken: @Sendable (RunID) -> String = { _ in "" }
    /// The key-value stores of users; without them there are no routes for them.
    public var keyValues: (any KeyValueStore)?
    /// True if a key pair is anywhere in a value. It must not be kept where it is shown again.
    public var findsKeyPair: @Sendable (Value) -> Bool = { _ in false }
    /// The files of users; without them there are no routes for them.
    public var files: FileServices?
    /// The tables of users; without them there are no routes for them.
    public var tables: (any TableStore)?
    /// Makes exports of users; without it there is no route for them.
    public var exporter: (any DataExporter)?
    /// Takes exports over; without it there is no route for that.
    public var importer: (any DataImporter)?
    /// What keeps a flow's document from being read, a sentence each. Called on the web loop.
    public var documentProblems: @Sendable ([UInt8]) -> [String] = { _ in [] }

    /// Runs flows for their outputs.
    public var reads = ReadDesk { _, reply in reply(.refused(.storage(.unavailable))) }
    /// Users' sessions, keys and wallets; nil for a server that keeps no users.
    public var accounts: AccountServices?

    /// Services of a server that has nothing but an engine; set those that are there.
    public init(anonKey: String, isReady: @escaping @Sendable () -> Bool) {
        self.anonKey = anonKey
        self.isReady = isReady
    }
}
