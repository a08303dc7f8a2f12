// Nodes that keep files for the flow's owner, whoever started the run (spec nodes 2.7).

internal import Engine
internal import Primitives
internal import Values
internal import Wire

/// The kinds around stored files.
enum FileNodes {
    static func kinds(_ services: NodeServices) -> [NodeKind] {
        let files = services.files
        return [
            upload(files), download(files), delete(files), list(files), metadata(files), fileExplorer,
        ]
    }

    /// A file is named by its key or by bucket and path; the key wins.
    private static let address = [
        InputPort("key", types: ["string"], required: false),
        InputPort("bucket", types: ["string"], required: false),
        InputPort("path", types: ["string"], required: false),
    ]

    private static func upload(_ files: any FileStore) -> NodeKind {
        kind(
            "storage_upload", "Stores a file.",
            inputs: [
                InputPort("bucket", types: ["string"], required: false), InputPort("path", types: ["string"]),
                InputPort("content", types: ["string", "bytes"]),
                InputPort("content_type", types: ["string"], required: false),
                InputPort("overwrite", types: ["bool"], required: false),
            ],
            outputs: [OutputPort("key", type: "string"), OutputPort("content_type", type: "string")],
            conduct: .changing
        ) { call in
            let address = try FileAddress(
                bucket: call.inputs.optional("bucket") ?? FileAddress.standardBucket,
                path: call.inputs.required("path"), owner: call.context.owner)
            let content = try call.inputs.required("content", as: Value.self).readBytes()
            let type: String =
                try call.inputs.optional("content_type")
                ?? ContentType.guess(
                    path: address.path, isText: String(validating: content, as: UTF8.self) != nil)
            guard ContentType.isValid(type) else {
                throw NodeFailure(
                    "content_type must be 1 to \(Limits.contentTypeCharactersMax) printable ASCII characters")
            }
            let request = FileRequest.upload(
                key: address.key, contentType: type, content: content,
                overwrites: try call.inputs.optional("overwrite") ?? false)
            files.perform(request, of: call.context.owner) { reply in
                call.end {
                    let file = try reply.get().summary
                    return ["key": .string(file.key), "content_type": .string(file.contentType)]
                }
            }
        }
    }

    private static func download(_ files: any FileStore) -> NodeKind {
        kind(
            "storage_download", "Gives the content of a file: a text if it is one, else bytes.",
            inputs: address,
            outputs: [
                OutputPort("content"), OutputPort("content_type", type: "string"),
                OutputPort("size", type: "u64"),
            ], conduct: .reading
        ) { call in
            let address = try FileAddress(call.inputs, owner: call.context.owner)
            files.perform(.download(key: address.key), of: call.context.owner) { reply in
                call.end {
                    guard case .content(let file, let bytes) = try reply.get() else {
                        throw FileError.storage(.failed)
                    }
                    return [
                        "content": Value(fileContent: bytes, type: MediaType(file.contentType)),
                        "content_type": .string(file.contentType), "size": .u64(UInt64(bytes.count)),
                    ]
                }
            }
        }
    }

    private static func delete(_ files: any FileStore) -> NodeKind {
        kind(
            "storage_delete", "Deletes a file.", inputs: address,
            outputs: [OutputPort("key", type: "string")], conduct: .changing
        ) { call in
            let address = try FileAddress(call.inputs, owner: call.context.owner)
            files.perform(.delete(key: address.key), of: call.context.owner) { reply in
                call.end { ["key": .string(try reply.get().summary.key)] }
            }
        }
    }

    private static func list(_ files: any FileStore) -> NodeKind {
        kind(
            "storage_list", "Lists the files and folders of a folder, at most \(Limits.filesListedMax).",
            inputs: [
                InputPort("bucket", types: ["string"]), InputPort("path", types: ["string"], required: false),
                InputPort(
                    "offset", types: ["u32"], required: false, default: .u64(0),
                    tooltip: "How many to leave out, to go on where a list has ended."),
            ],
            outputs: [
                OutputPort("files", type: "array"),
                OutputPort(
                    "has_more", type: "bool", optional: true, tooltip: "True if there are further ones."),
            ], conduct: .reading
        ) { call in
            let folder = try FileAddress(
                bucket: call.inputs.required("bucket"), path: call.inputs.optional("path") ?? "",
                owner: call.context.owner, allowsBucket: true)
            let request = FileRequest.list(
                bucket: folder.bucket, prefix: folder.path,
                offset: Int(try call.inputs.optional("offset", as: UInt32.self) ?? 0))
            files.perform(request, of: call.context.owner) { reply in
                call.end {
                    guard case .names(let paths, let hasMore) = try reply.get() else {
                        throw FileError.storage(.failed)
                    }
                    return [
                        "files": .array(paths.map { .string(folder.authorPath($0)) }),
                        "has_more": .bool(hasMore),
                    ]
                }
            }
        }
    }

    private static func metadata(_ files: any FileStore) -> NodeKind {
        kind(
            "storage_get_file_metadata", "Tells the type of a file and when it was last written.",
            inputs: address,
            outputs: [
                OutputPort("key", type: "string"), OutputPort("content_type", type: "string"),
                OutputPort("last_modified", type: "string"),
            ], conduct: .reading
        ) { call in
            let address = try FileAddress(call.inputs, owner: call.context.owner)
            files.perform(.summary(key: address.key), of: call.context.owner) { reply in
                call.end {
                    let file = try reply.get().summary
                    return [
                        "key": .string(file.key), "content_type": .string(file.contentType),
                        "last_modified": .string(HTTPDate.text(of: file.modifiedAt)),
                    ]
                }
            }
        }
    }

    /// Gives out its configuration, name by name.
    private static let fileExplorer = NodeKind(
        name: "@spo/storage.fileexplorer.0.1", aliases: ["fileexplorer"],
        summary: "Gives out what it is configured with.", inputs: [], outputs: []
    ) { kind, declaration throws(NodeRefusal) in
        let names = declaration.config.keys.sorted()
        let outputs = ValueMap(names.compactMap { name in declaration.config[name].map { (name, $0.value) } })
        return GraphNode(
            id: declaration.id, kindName: kind.name, inputs: [], outputs: declaration.outputs,
            conduct: kind.conduct
        ) { _ in
            .done(.outputs(outputs))
        }
    }

    private static func kind(
        _ name: String, _ summary: String, inputs: [InputPort], outputs: [OutputPort], conduct: NodeConduct,
        ask: @escaping @Sendable (NodeCall) throws -> Void
    ) -> NodeKind {
        .asking(
            name: "@spo/storage.\(name).0.1", aliases: [name], summary: summary, inputs: inputs,
            outputs: outputs, conduct: conduct, ask: ask)
    }
}

extension FileReply {
    /// The file of a reply that is about one file.
    fileprivate var summary: FileSummary {
        get throws(FileError) {
            guard case .done(let summary) = self else { throw .storage(.failed) }
            return summary
        }
    }
}

extension Value {
    /// A text if the bytes are one, by UTF-8 or by what a type of text says; else bytes.
    fileprivate init(fileContent bytes: [UInt8], type: MediaType) {
        let isMarked = CharacterSet.marked(bytes).map { $0.set != .utf8 } ?? false
        let isLabelled = type.characterSet.map { CharacterSet(label: $0) != .utf8 } ?? false
        if type.isText, isMarked || isLabelled,
            let text = try? CharacterSet.text(of: bytes, label: type.characterSet)
        {
            self = .string(text)
        } else {
            self = String(validating: bytes, as: UTF8.self).map { .string($0) } ?? Value(raw: bytes)
        }
    }
}
