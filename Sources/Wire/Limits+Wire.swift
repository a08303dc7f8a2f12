// The bounds of this target: what is read and written in JSON, HTTP and WebSocket.

public import Primitives

extension Limits {
    // MARK: JSON

    /// Digits on either side of the point of a number that is stored, written without an exponent: somewhat more than the
    /// exact value of a double has, 309 and 1,074.
    public static let jsonNumberDigitsMax = 1_100

    // MARK: Sockets and HTTP

    /// Bytes of a request line: what RFC 9112 section 3 asks servers to take at least; over it is 414.
    static let requestLineBytesMax = 8_000
    /// Bytes of the line in front of a chunk: a size and extensions that nobody uses; over it is 400.
    static let chunkLineBytesMax = 256
    /// Request line and headers together: what common proxies allow; over it is 431.
    public static let requestHeadBytesMax = 32 * 1024
    /// Request line and headers of a request to one of the few places that take long ones: a thousand UUIDs with escaped
    /// commas between them are 39 KB. Less than is read ahead, or a line would never end.
    static let longRequestHeadBytesMax = 48 * 1024
    /// Header lines of one request: no real client comes near; over it is 431.
    static let requestHeadersMax = 100
    /// A request's body: the two mebibytes that existing clients were written against; over it is 413.
    public static let requestBodyBytesMax = 2 * 1024 * 1024

    // MARK: Requests to other servers

    /// Bytes of a URL: what fits into common servers' heads together with headers.
    public static let urlBytesMax = 16 * 1024
    /// Bytes of a host name: what the domain name system can carry (RFC 1035 section 2.3.4).
    static let hostNameBytesMax = 253
    /// Request line and headers of a request to another server: more than any server takes.
    static let outboundHeadBytesMax = 256 * 1024
    /// All heads and trailers of an answer: several times what common servers send; over it the answer is refused.
    static let responseHeadBytesMax = 256 * 1024
    /// Header lines of one answer: no real server comes near.
    static let responseHeadersMax = 512

    // MARK: WebSocket

    /// A message from a client: one mebibyte, as existing clients may send; over it is close code 1009.
    static let webSocketMessageBytesMax = 1024 * 1024
    /// Fragments of one message: a message of the greatest size in frames of a kibibyte; over it is 1009.
    static let webSocketFragmentsMax = 1_024

    // MARK: JSON

    /// Nesting of JSON from outside: deep enough for real documents, shallow enough for every stack here.
    static let jsonDepthMax = 128
    /// Bytes of a stranger's text that an error may quote: enough to recognise it, too few to flood a log.
    public static let quotedInputBytesMax = 256
}
