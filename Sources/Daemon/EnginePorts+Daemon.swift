// What the engine of the daemon is built with.

internal import Chain
internal import Documents
internal import Engine
internal import Identity
internal import Primitives
internal import Store
internal import Values

extension EnginePorts {
    init(
        _ storage: Storage, _ compiler: FlowDocumentCompiler, _ tracks: TrackTable,
        _ address: ServedAddress, _ log: Log
    ) {
        let finder = KeyPairFinder.ed25519
        self.init(
            catalog: storage.catalog, journal: storage.journal,
            compiler: ConcealingCompiler(compiler, finder), tracks: tracks, clock: .system, log: log)
        deployments = storage.deployments
        rewriter = compiler
        copies = storage.copies
        vault = storage.vault
        belongings = WalletExchange(storage.wallets)
        inputs = storage.inputs
        addresses = InputAddresses(address, secret: storage.secret(.inputAddress))
        signatures = storage.signatures
        controls = storage.controls
        leftRuns = storage.leftRuns
        executor = NoActExecutor.sendingNothing
        verifySignature = { signature, message, key in
            PublicKey(bytes: key.bytes).map { Ed25519.verify(signature.bytes, of: message, by: $0) } ?? false
        }
        secretFinder = finder
    }
}

extension InputAddresses {
    /// Addresses whose keys nobody can guess: a keyed hash of the execution (spec flow-engine 15.1).
    fileprivate init(_ address: ServedAddress, secret: ServerSecret) {
        self.init(
            prefix: { address.text + "/flow/submit/" },
            key: { run, execution in
                let message = "\(run.text) \(execution.node.text) \(execution.times)"
                return Hexadecimal.encode(Digest.hmacSHA256(Array(message.utf8), key: secret.secret))
            },
            digest: { Digest.sha256(Array($0.utf8)) })
    }
}
