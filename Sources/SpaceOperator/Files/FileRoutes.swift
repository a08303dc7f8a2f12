// Routes over the files of users, the same that nodes write. Clients of hosted storage find them at the address that
// `/info` gives.

internal import Dialect
internal import Engine
internal import Identity
internal import Primitives
internal import Wire

/// `/storage/v1/object/…` (spec nodes 2.7).
struct FileRoutes {
    private let services: FileServices

    static func all(_ services: SpaceOperatorServices) -> [Route] {
        guard let files = services.files else { return [] }
        let routes = FileRoutes(services: files)
        let object = "/storage/v1/object"
        return [
            Route(.get, object + "/public/{bucket}/{path*}", handle: routes.readPublic),
            Route(.get, object + "/sign/{bucket}/{path*}", handle: routes.readSigned),
            Route(.post, object + "/sign/{bucket}/{path*}", handle: routes.sign),
            Route(.get, object + "/authenticated/{bucket}/{path*}", handle: routes.readOwn),
            bare(.get, object, routes.readOwn),
            bare(.post, object) { routes.write($0, overwrites: false) },
            bare(.put, object) { routes.write($0, overwrites: true) },
            bare(.delete, object, routes.delete),
        ]
    }

    /// First parts of the paths of other routes of hosted storage, which are not here: a request for a list must not store
    /// itself as a file.
    private static let reserved: Set<String> = [
        "authenticated", "copy", "info", "list", "move", "public", "render", "sign", "upload",
    ]

    /// A route whose path begins with the bucket.
    private static func bare(
        _ method: HTTPMethod, _ object: String, _ handle: @escaping @Sendable (RouteRequest) -> RouteStep
    ) -> Route {
        Route(method, object + "/{bucket}/{path*}") { request in
            reserved.contains(request.parameters["bucket"] ?? "") ? .refuse(.unknownPath) : handle(request)
        }
    }

    // MARK: Without a credential

    @Sendable private func readPublic(_ request: RouteRequest) -> RouteStep {
        guard let (address, owner) = FileAddress.published(request.key) else { return .respond(.noFile) }
        return read(address.key, of: owner, request.request, as: .everybody)
    }

    /// A token names the file's owner and is good for one key only. Whoever has none that does learns nothing of files.
    @Sendable private func readSigned(_ request: RouteRequest) -> RouteStep {
        guard let token = request.request.target.query("token"),
            let owner = FileToken.verify(
                token, for: request.key, at: services.clock.now(), secret: services.tokenSecret)
        else { return .respond(.error(.badRequest, "token: not one for this file, or its time is over")) }
        return read(request.key, of: owner, request.request, as: .holder)
    }

    private func read(
        _ key: String, of owner: UserID, _ request: HTTPRequest, as reader: FileAnswer.Reader
    ) -> RouteStep {
        guard services.gate.enter() else {
            return .respond(.unavailable("too many files are being read: try again in a second"))
        }
        return .ask(
            RouteQuestion { goOn in
                answer(key, of: owner, request, as: reader) { response in
                    services.gate.leave()
                    goOn(.respond(response))
                }
            })
    }

    // MARK: The owner's own

    @Sendable private func readOwn(_ request: RouteRequest) -> RouteStep {
        .asUser(.user) { user throws(BodyError) in
            let address = try address(request, user)
            return .ask(
                RouteQuestion { goOn in
                    answer(address.key, of: user, request.request, as: .owner) { goOn(.respond($0)) }
                })
        }
    }

    @Sendable private func sign(_ request: RouteRequest) -> RouteStep {
        .asUser(.user) { user, content throws(BodyError) in
            let address = try address(request, user)
            let seconds = try FileBody.expirySeconds(content.body)
            return perform(.summary(key: address.key), of: user) { _ in
                let end = services.clock.now().nanoseconds / 1_000_000_000 + seconds
                let token = FileToken.make(
                    for: address.key, of: user, until: end, secret: services.tokenSecret)
                let path = address.key.utf8.split(separator: UInt8(ascii: "/"))
                    .map { PercentEncoding.segment(String(decoding: $0, as: UTF8.self)) }
                return .json(
                    .ok,
                    JSONWriter.encode([
                        "signedURL": .string("/object/sign/\(path.joined(separator: "/"))?token=\(token)")
                    ]))
            }
        }
    }

    private func write(_ request: RouteRequest, overwrites: Bool) -> RouteStep {
        .asUser(.user) { user, content throws(BodyError) in
            let address = try address(request, user)
            let overwrites = overwrites || content.headers["x-upsert"] == "true"
            return perform(
                .upload(
                    key: address.key, contentType: try FileBody.contentType(of: content),
                    content: content.body, overwrites: overwrites), of: user
            ) { _ in
                .json(.ok, JSONWriter.encode(["Key": .string(address.key)]))
            }
        }
    }

    @Sendable private func delete(_ request: RouteRequest) -> RouteStep {
        .asUser(.user) { user throws(BodyError) in
            let address = try address(request, user)
            return perform(.delete(key: address.key), of: user) { _ in
                .json(.ok, JSONWriter.encode(["message": "Successfully deleted"]))
            }
        }
    }

    /// A file of the caller. In the buckets that are divided by owner, the path begins with the caller's id.
    private func address(_ request: RouteRequest, _ user: UserID) throws(BodyError) -> FileAddress {
        do throws(FileAddressError) {
            return try FileAddress(key: request.key, owner: user)
        } catch {
            throw .field("path", rule: error.description)
        }
    }

    // MARK: Storage

    private func perform(
        _ asked: FileRequest, of owner: UserID, answer: @escaping @Sendable (FileReply) -> HTTPResponse
    ) -> RouteStep {
        .ask(
            RouteQuestion { goOn in
                services.store.perform(asked, of: owner) { result in
                    switch result {
                    case .success(let reply): goOn(.respond(answer(reply)))
                    case .failure(let error): goOn(.respond(.refusal(error)))
                    }
                }
            })
    }

    /// Reads a file, but not its content if the caller has it already.
    private func answer(
        _ key: String, of owner: UserID, _ request: HTTPRequest, as reader: FileAnswer.Reader,
        reply: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        let answer = FileAnswer(request, reader)
        guard request.headers["if-none-match"] != nil else {
            return services.store.perform(.download(key: key), of: owner) { reply(answer.response($0)) }
        }
        services.store.perform(.summary(key: key), of: owner) { result in
            if case .success(.done(let file)) = result, !answer.isKnown(file) {
                services.store.perform(.download(key: key), of: owner) { reply(answer.response($0)) }
            } else {
                reply(answer.response(result))
            }
        }
    }
}

extension RouteRequest {
    /// The file that the path names: its bucket, a slash and its path.
    fileprivate var key: String { "\(parameters["bucket"] ?? "")/\(parameters["path"] ?? "")" }
}
