// One request and its answer, over as many connections as redirects and dead addresses make necessary. Pure machine:
// facts go in, orders come out.

internal import Engine
internal import Net
internal import Primitives
internal import Wire

/// The course of one request: resolve, check, connect, send, receive, perhaps redirect.
///
/// At any time at most one order to resolve or one connection is open. A late fact, for a question that is no longer
/// open, is ignored; after `finish` all facts are.
struct Exchange {
    /// What happened outside.
    enum Fact {
        case began
        /// All addresses of the name; none if there is no such name.
        case resolved([IPAddress])
        case connected
        /// This address cannot be reached; another one may.
        case connectFailed(OutboundFailure)
        case received([UInt8])
        /// The server has ended its side in order.
        case ended
        /// The connection is of no further use, or the exchange is no longer wanted.
        case failed(OutboundFailure)
    }

    /// What is to be done outside.
    enum Order {
        case resolve(String)
        /// `serverName` is the name that TLS must verify; nil for a connection without TLS.
        case connect(IPAddress, port: UInt16, serverName: String?)
        case send([UInt8])
        case disconnect
        /// The last one; nothing is open then.
        case finish(Result<OutboundResponse, OutboundFailure>)
    }

    private enum State {
        case waiting
        case resolving
        case connecting(next: ArraySlice<IPAddress>)
        case receiving
        case finished
    }

    private let asked: OutboundRequest
    private let policy: AddressPolicy
    private let responseBytesMax: Int
    private var state = State.waiting
    /// The request that is being sent, once its URL has been read.
    private var request: HTTPClientRequest?
    private var redirectCount = 0
    /// Decodes the answer while it is received. It stands beside the state, so that received bytes are never copied.
    private var decoder: HTTPResponseDecoder?

    init(_ request: OutboundRequest, policy: AddressPolicy, responseBytesMax: Int) {
        asked = request
        self.policy = policy
        self.responseBytesMax = responseBytesMax
    }

    /// Takes a fact in and says what follows from it.
    mutating func take(_ fact: Fact) -> [Order] {
        do throws(OutboundFailure) {
            return try orders(after: fact)
        } catch {
            return finish(.failure(error))
        }
    }

    private mutating func orders(after fact: Fact) throws(OutboundFailure) -> [Order] {
        switch (fact, state) {
        case (.failed(let failure), .waiting), (.failed(let failure), .resolving),
            (.failed(let failure), .connecting), (.failed(let failure), .receiving):
            throw failure
        case (.began, .waiting): return try begin()
        case (.resolved(let addresses), .resolving): return try connect(to: addresses)
        case (.connectFailed(let failure), .connecting(let next)):
            guard let address = next.first else { throw failure }
            return [.disconnect] + connect(to: address, next: next.dropFirst())
        case (.connected, .connecting): return try send()
        case (.received(let bytes), .receiving):
            return try receive { decoder throws(HTTPResponseError) in
                decoder?.append(bytes)
                return try decoder?.next()
            }
        case (.ended, .receiving):
            return try receive { decoder throws(HTTPResponseError) in try decoder?.finish() }
        default: return []
        }
    }

    private mutating func begin() throws(OutboundFailure) -> [Order] {
        do throws(HTTPURLError) {
            request = HTTPClientRequest(
                method: HTTPMethod(asked.method), url: try HTTPURL(asked.url),
                headers: HTTPHeaders(asked.headers), body: asked.body)
        } catch {
            throw .url(error)
        }
        return try reach()
    }

    /// Finds out where the request goes. A request that cannot be written is refused before anybody is asked.
    private mutating func reach() throws(OutboundFailure) -> [Order] {
        guard let request else { preconditionFailure("A request is read before it is sent.") }
        do throws(HTTPClientRequest.Refusal) {
            _ = try request.encodedHead()
        } catch {
            throw .request(error)
        }
        if let address = IPAddress(request.url.host) { return try connect(to: [address]) }
        state = .resolving
        return [.resolve(request.url.host)]
    }

    /// Every address is checked, also those that would not be tried. If one of them is an inner address, the name is
    /// not followed at all.
    private mutating func connect(to addresses: [IPAddress]) throws(OutboundFailure) -> [Order] {
        if let refused = addresses.first(where: { !policy.permits($0) }) {
            throw .addressNotAllowed(refused)
        }
        guard let first = addresses.first else { throw .nameNotResolved }
        return connect(to: first, next: addresses.prefix(Limits.outboundAddressesMax).dropFirst())
    }

    private mutating func connect(to address: IPAddress, next: ArraySlice<IPAddress>) -> [Order] {
        guard let request else { preconditionFailure("A request is read before it is sent.") }
        state = .connecting(next: next)
        return [
            .connect(
                address, port: request.url.port,
                serverName: request.url.scheme == .https ? request.url.host : nil)
        ]
    }

    private mutating func send() throws(OutboundFailure) -> [Order] {
        guard let request else { preconditionFailure("A request is read before it is sent.") }
        state = .receiving
        decoder = HTTPResponseDecoder(answering: request.method, bodyBytesMax: responseBytesMax)
        do throws(HTTPClientRequest.Refusal) {
            return [.send(try request.encoded())]
        } catch {
            throw .request(error)
        }
    }

    private mutating func receive(
        _ step: (inout HTTPResponseDecoder?) throws(HTTPResponseError) -> HTTPResponse?
    ) throws(OutboundFailure) -> [Order] {
        let answer: HTTPResponse?
        do throws(HTTPResponseError) {
            answer = try step(&decoder)
        } catch {
            throw .response(error)
        }
        guard let answer, let request else { return [] }
        if let redirected = try request.redirected(by: answer) {
            redirectCount += 1
            guard redirectCount <= Limits.outboundRedirectsMax else {
                throw .tooManyRedirects(Limits.outboundRedirectsMax)
            }
            self.request = redirected
            return [.disconnect] + (try reach())
        }
        return finish(
            .success(
                OutboundResponse(
                    status: answer.status.code,
                    headers: answer.headers.fields.map { ($0.name.lowercased(), $0.value) },
                    body: answer.body)))
    }

    private mutating func finish(_ result: Result<OutboundResponse, OutboundFailure>) -> [Order] {
        state = .finished
        decoder = nil
        return [.disconnect, .finish(result)]
    }
}
