// Nodes that give addresses of files (spec nodes 2.7).

internal import Engine
internal import Primitives
internal import Values
internal import Wire

/// The kinds whose addresses are read without a credential.
enum FileLinkNodes {
    static func kinds(_ services: NodeServices) -> [NodeKind] {
        [publicURL(services.fileLinks), signedURL(services)]
    }

    /// A file is named by its key or by bucket and path; the key wins.
    private static let address = [
        InputPort("key", types: ["string"], required: false),
        InputPort("bucket", types: ["string"], required: false),
        InputPort("path", types: ["string"], required: false),
    ]
    private static let outputs = [OutputPort("url", type: "string")]

    /// Whether there is such a file is not looked at.
    private static func publicURL(_ links: FileLinks) -> NodeKind {
        .computing(
            "storage", "storage_get_public_url",
            summary: "Gives the address of a file that everybody may read.", inputs: address, outputs: outputs
        ) { call in
            let address = try FileAddress(call.inputs, owner: call.context.owner)
            guard address.isPublished else {
                throw NodeFailure(
                    "only files in the bucket \(FileAddress.publicBucket) are public; "
                        + "storage_create_signed_url gives an address of any file")
            }
            return ["url": .string(links.publicAddress(of: address.key))]
        }
    }

    private static func signedURL(_ services: NodeServices) -> NodeKind {
        .asking(
            name: "@spo/storage.storage_create_signed_url.0.1", aliases: ["storage_create_signed_url"],
            summary: "Gives an address under which a file can be read for a while.",
            inputs: address + [
                InputPort("expires_in", types: ["decimal"], tooltip: "Seconds."),
                InputPort(
                    "transform", types: ["json"], required: false,
                    tooltip: "Must be absent: flowd does not change pictures."),
                InputPort(
                    "download", types: ["bool", "string"], required: false, default: .bool(false),
                    tooltip: "Browsers save the file in place of showing it, under this name if it is a text."
                ),
            ], outputs: outputs, conduct: .reading
        ) { call in
            let owner = call.context.owner
            let address = try FileAddress(call.inputs, owner: owner)
            let seconds = try seconds(call.inputs)
            guard try call.inputs.optional("transform", as: Value.self) == nil else {
                throw NodeFailure("transform: flowd does not change pictures")
            }
            let download = try download(call.inputs)
            services.files.perform(.summary(key: address.key), of: owner) { reply in
                call.end {
                    _ = try reply.get()
                    let now = Moment(services.clock.now()).seconds
                    let url = services.fileLinks.signedAddress(
                        of: address.key, of: owner, until: now + seconds)
                    return ["url": .string(url + download)]
                }
            }
        }
    }

    /// A fraction of a second counts as a whole one.
    private static func seconds(_ inputs: ValueMap) throws -> Int64 {
        let seconds = try inputs.required("expires_in", as: Double.self).rounded(.up)
        guard seconds >= 1, seconds <= Double(Limits.fileLinkSecondsMax) else {
            throw NodeFailure(
                "expires_in must be more than 0 and at most \(Limits.fileLinkSecondsMax) seconds")
        }
        return Int64(seconds)
    }

    /// The item of the query that asks browsers to save the file.
    private static func download(_ inputs: ValueMap) throws -> String {
        switch try inputs.optional("download", as: Value.self) {
        case nil, .bool(false)?: return ""
        case .bool(true)?: return "&download="
        case .string(let name)?: return "&download=" + PercentEncoding.segment(name)
        default: throw NodeFailure("download must be true, false or a file name")
        }
    }
}
