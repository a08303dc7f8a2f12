// Everything that the engine needs from storage, readers of documents and others, in one place: made once when the server
// starts. Ports are implemented above this target: by Store, by TestKit in memory. Every method returns at
// once; answers come through the given closures, on a thread of the implementation's choice, and must be posted to their
// owner from there.

public import Primitives
public import Values

/// What an engine is built with.
public struct EnginePorts: Sendable {
    public var catalog: any FlowCatalog
    public var journal: any RunJournal
    public var compiler: any FlowCompiler
    public var tracks: TrackTable
    public var deployments: any DeploymentBook
    public var rewriter: any FlowRewriter
    public var copies: any FlowCopies
    public var vault: any Vault
    public var belongings: any BelongingExchange
    public var inputs: any InputRequests
    public var addresses: InputAddresses
    public var signatures: any SignatureRequests
    public var controls: any RunControls
    /// What dead servers have left to this one.
    public var leftRuns: any LeftRuns
    public var executor: any ActExecutor
    public var secretFinder: any SecretFinder
    /// True if these are the signature, the message and the key that belong together. May take a tenth of a millisecond.
    public var verifySignature: @Sendable (Bytes64, _ message: [UInt8], _ key: Bytes32) -> Bool
    public var clock: Clock
    public var log: Log

    /// Ports of an engine whose flows can neither be deployed nor copied, use secrets, wait for values or signatures, or
    /// act; set those that are there.
    public init(
        catalog: any FlowCatalog, journal: any RunJournal, compiler: any FlowCompiler, tracks: TrackTable,
        clock: Clock, log: Log
    ) {
        self.catalog = catalog
        self.journal = journal
        self.compiler = compiler
        self.tracks = tracks
        self.clock = clock
        self.log = log
        deployments = NoDeploymentBook()
        rewriter = NoFlowCopies()
        copies = NoFlowCopies()
        vault = NoVault()
        belongings = NoBelongingExchange()
        inputs = NoInputRequests()
        addresses = InputAddresses(prefix: { "" }, key: { _, _ in "" }, digest: { _ in [] })
        signatures = NoSignatureRequests()
        controls = NoRunControls()
        leftRuns = NoLeftRuns()
        verifySignature = { _, _, _ in false }
        executor = NoActExecutor()
        secretFinder = NoSecretFinder()
    }
}

/// The vault of a server that has none.
private struct NoVault: Vault {
    func secrets(
        _ names: [VaultName], of owner: UserID,
        reply: @escaping @Sendable (Result<[VaultName: String], StorageError>) -> Void
    ) {
        reply(.success([:]))
    }
}
