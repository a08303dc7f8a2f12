// What an operator can decide. Read once at start and handed around as a value; nothing changes it later.

public import Identity
public import Net
internal import Outbound
public import Primitives
internal import Web

/// The settings of this daemon.
///
/// Each has a line in `Config/flowd.example.conf`, and `Setting.all` is the one list of them: names, allowed
/// values and the order of the example. Defaults stand here.
public struct Configuration: Sendable {
    /// Where HTTP and WebSocket are served: a numeric address; port 0 lets the system choose.
    public var listen = SocketAddress.standard
    /// The files of the certificates with which TLS is spoken; empty for none.
    public var tlsCertificateFiles: [String] = []
    /// The files of their keys, in the same order.
    public var tlsKeyFiles: [String] = []
    /// Where https and wss are served beside `listen`; nil to serve them at `listen` itself, if there is a certificate.
    public var tlsListen: SocketAddress?
    /// The folder of everything this daemon keeps outside the database.
    public var dataFolder = "./data"
    /// The database, as libpq reads it; nil for a private one in the data folder. May hold a password.
    public var databaseURL: String?
    /// Log lines below it are not written.
    public var logLevel = LogLevel.info
    /// The owner's public key; nil for a key pair made at first start.
    public var ownerPublicKey: PublicKey?
    /// The owner's API key at first start; nil for one made then.
    public var ownerAPIKey: APIKey?
    /// The key that opens the routes of operation; nil for none.
    public var serviceKey: ServiceKey?
    /// How clients reach this daemon, without a slash at the end; nil to take what each request says.
    public var publicURL: String?
    /// Proxies that are believed what they say about requests.
    public var trustedProxies = TrustedProxies.loopback
    /// Origins of web pages that may call; empty for none.
    public var corsOrigins: [String] = []
    /// Threads that serve sockets; nil for one per processor core.
    public var webLoopCount: Int?
    /// Lanes that runs are spread over; nil for one per processor core.
    public var laneCount: Int?
    /// Nodes that run at the same time; nil for four per processor core.
    public var nodeWorkerCount: Int?
    /// How long runs may go on once the daemon has been told to stop.
    public var drainTime = Duration.seconds(20)
    /// The folder of flows that are imported at first start; nil for those that come with the daemon.
    public var flowsFolder: String?
    /// The file of the secret that signed tokens are signed with; nil for one that no other service knows.
    public var tokenSecretFile: String?
    /// Whether any key may become a user by signing a challenge.
    public var signUpIsOpen = false
    /// The file of the key that seals users' secrets; nil for one kept in the database.
    public var secretKeyFile: String?
    /// Networks that nodes may send requests to although they are not public.
    public var outboundAllowed: [IPNetwork] = []
    /// Bytes of another server's answer to a node.
    public var outboundResponseBytesMax = Limits.outboundResponseBytesMax
    /// Seconds that a node's request to another server may take.
    public var outboundSecondsMax = Limits.outboundSecondsMax

    /// Clients at `listen` speak TLS.
    public var listensWithTLS: Bool { !tlsCertificateFiles.isEmpty && tlsListen == nil }

    /// The defaults.
    public init() {}
}

extension Configuration: CustomStringConvertible, CustomReflectable {
    /// Same as `summary`; shows no secret.
    public var description: String { summary }

    public var customMirror: Mirror { Mirror(self, children: []) }
}
