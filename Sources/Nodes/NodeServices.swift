// The ports that the nodes of this build use.

public import Engine
public import Primitives
internal import Values

/// The ports that node kinds are made with.
public struct NodeServices: Sendable {
    public let outbound: any OutboundClient
    public let keyValues: any KeyValueStore
    public let files: any FileStore
    public let fileLinks: FileLinks
    public let clock: Clock

    public init(
        outbound: any OutboundClient, keyValues: any KeyValueStore, files: any FileStore,
        fileLinks: FileLinks = .none, clock: Clock = .system
    ) {
        self.outbound = outbound
        self.keyValues = keyValues
        self.files = files
        self.fileLinks = fileLinks
        self.clock = clock
    }

    /// Ports that refuse everything, for code that only lists kinds or checks documents.
    public static let unavailable = NodeServices(
        outbound: UnavailablePort(), keyValues: UnavailablePort(), files: UnavailablePort())
}

private struct UnavailablePort: OutboundClient, KeyValueStore, FileStore {
    func send(
        _ request: OutboundRequest, cancellation: NodeCancellation,
        reply: @escaping @Sendable (Result<OutboundResponse, OutboundError>) -> Void
    ) {
        reply(.failure(OutboundError("requests to other servers are not available here")))
    }

    func perform(
        _ request: KeyValueRequest, of owner: UserID,
        reply: @escaping @Sendable (Result<Value?, KeyValueError>) -> Void
    ) {
        reply(.failure(.storage(.unavailable)))
    }

    func perform(
        _ request: FileRequest, of owner: UserID,
        reply: @escaping @Sendable (Result<FileReply, FileError>) -> Void
    ) {
        reply(.failure(.storage(.unavailable)))
    }
}
