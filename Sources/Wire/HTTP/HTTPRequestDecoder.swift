// Bytes of a connection become requests. Pure step machine, one for each connection.

public import Primitives

/// Decodes the requests of one connection, one after the other (RFC 9112).
///
/// Bytes go in with `append`, events come out of `next` until it returns nil. Nothing is read ahead: bytes behind a
/// request stay untouched until `next` is called again, so a connection that leaves HTTP can take them with
/// `takeUnread`. Where the standard lets a server be lenient this decoder is strict, because requests are smuggled by a
/// lenient reading that differs from a proxy's.
///
/// The decoder bounds lines, heads and bodies; the caller bounds how much it appends before calling `next`.
/// After an error every further call throws the same error.
public struct HTTPRequestDecoder: Sendable {
    /// What has been received.
    public enum Event: Sendable {
        /// The head is complete; the body is still empty. Comes once for each request.
        case headReceived(HTTPRequest)
        /// The client waits for `HTTPResponse.continueBytes` before it sends the body. Follows the head.
        case continueExpected
        /// The request is complete. Comes last.
        case requestReceived(HTTPRequest)
    }

    enum State {
        case awaitingRequestLine
        case awaitingHeaders
        case announcingContinue
        case awaitingBody(remaining: Int)
        case awaitingChunkSize
        case awaitingChunk(remaining: Int)
        case awaitingChunkEnd
        case awaitingTrailers
        case failed(HTTPRequestError)
    }

    var buffer = ByteBuffer()
    /// Where the next line is looked for.
    var lines = LineScanner()
    var state = State.awaitingRequestLine
    /// Bytes and lines of this request's head and trailers so far.
    var headBytes = 0
    var headerCount = 0
    var request: HTTPRequest?
    var body: [UInt8] = []
    /// The state in which this request's body begins.
    var bodyState = State.awaitingBody(remaining: 0)
    let bodyBytesMax: Int
    /// The beginnings of paths whose request line may be longer than others.
    let longPaths: [String]
    /// Whether this request's path begins with one of them.
    var isLong = false
    /// What this request's body may hold.
    var bodyLimit: Int

    /// - Parameters:
    ///   - bodyBytesMax: bytes of a body above which a request is refused with 413.
    ///   - longPaths: beginnings of paths whose request line may be as long as a long head.
    public init(bodyBytesMax: Int = Limits.requestBodyBytesMax, longPaths: [String] = []) {
        self.longPaths = longPaths
        self.bodyBytesMax = bodyBytesMax
        bodyLimit = bodyBytesMax
    }

    /// True if no request has begun, so that the connection may end here and nothing is lost.
    public var isBetweenRequests: Bool {
        guard case .awaitingRequestLine = state else { return false }
        return buffer.isEmpty
    }

    /// The request under way as far as its head was read, also after an error in it; nil between requests.
    public var unfinished: HTTPRequest? { request }

    /// How long the body of the request under way is said to be; nil if it comes in chunks. Known behind its head.
    public var announcedBodyBytes: Int? {
        if case .awaitingBody(let count) = bodyState { count } else { nil }
    }

    /// How many bytes the body has at least: as many as are announced, or have come with the chunk under way.
    public var knownBodyBytes: Int {
        if case .awaitingChunk(let remaining) = state { return body.count + remaining }
        return announcedBodyBytes ?? body.count
    }

    /// True right behind a head whose client waits for an invitation: the next event is `continueExpected`.
    public var isContinueExpected: Bool {
        if case .announcingContinue = state { true } else { false }
    }

    /// How many bytes wait that `next` has not gone over.
    public var unreadCount: Int { buffer.count }

    /// Adds what the connection brought.
    public mutating func append(_ bytes: some Collection<UInt8>) {
        buffer.append(bytes)
    }

    /// Takes the bytes behind the last request out, for a connection that goes on in another protocol.
    public mutating func takeUnread() -> [UInt8] {
        lines = LineScanner()
        return buffer.takeAll()
    }

    /// Lowers the bound for the body under way; a bound above the decoder's own changes nothing.
    ///
    /// - Throws: `bodyTooLarge` if it is known already that there is more.
    public mutating func limitBody(to bytesMax: Int) throws(HTTPRequestError) {
        bodyLimit = min(bodyBytesMax, bytesMax)
        guard knownBodyBytes > bodyLimit else { return }
        state = .failed(.bodyTooLarge)
        throw .bodyTooLarge
    }

    /// The next event, or nil if more bytes are needed for one.
    public mutating func next() throws(HTTPRequestError) -> Event? {
        do {
            return try step()
        } catch {
            state = .failed(error)
            throw error
        }
    }

    private mutating func step() throws(HTTPRequestError) -> Event? {
        while true {
            switch state {
            case .awaitingRequestLine:
                guard let line = try readHeadLine() else { return nil }
                // An empty line before a request is left over from an old client (RFC 9112 section 2.2).
                if !line.isEmpty { try startRequest(line) }
            case .awaitingHeaders:
                guard let line = try readHeadLine() else { return nil }
                guard line.isEmpty else {
                    let field = try readField(line)
                    request?.headers.add(field.name, field.value)
                    continue
                }
                return .headReceived(try finishHead())
            case .announcingContinue:
                state = bodyState
                return .continueExpected
            case .awaitingBody(let remaining):
                let left = takeBody(remaining)
                guard left == 0 else {
                    state = .awaitingBody(remaining: left)
                    return nil
                }
                return .requestReceived(finishRequest())
            case .awaitingChunkSize:
                guard let line = try readLine(max: Limits.chunkLineBytesMax, .chunkMalformed) else {
                    return nil
                }
                try startChunk(line)
            case .awaitingChunk(let remaining):
                let left = takeBody(remaining)
                guard left == 0 else {
                    state = .awaitingChunk(remaining: left)
                    return nil
                }
                state = .awaitingChunkEnd
            case .awaitingChunkEnd:
                guard let line = try readLine(max: 2, .chunkMalformed) else { return nil }
                guard line.isEmpty else { throw .chunkMalformed }
                state = .awaitingChunkSize
            case .awaitingTrailers:
                guard let line = try readHeadLine() else { return nil }
                if line.isEmpty { return .requestReceived(finishRequest()) }
                // Checked like headers and then dropped: nothing here has a meaning in a trailer.
                _ = try readField(line)
            case .failed(let error): throw error
            }
        }
    }
}
