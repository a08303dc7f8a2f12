// Which file a node means (spec nodes 2.7): the one place where a path becomes a key. Pure.

internal import Engine
internal import Primitives
internal import Values

/// A bucket and a path within it, normalised: segments with single slashes between them, none of them `.` or `..`.
struct FileAddress: Equatable {
    /// The bucket of a file if the node names none.
    static let standardBucket = "user-storages"
    /// In these the first segment of every path is the owner's id.
    private static let ownedBuckets: Set<String> = [standardBucket, "user-public-storages"]

    let bucket: String
    /// Empty for the bucket itself, which only a listing may mean.
    let path: String
    /// What stands before the path that the flow's author sees: nothing, or the owner's id and a slash.
    private let ownerPrefix: String

    /// The key by which the port for files knows the file.
    var key: String { "\(bucket)/\(path)" }

    /// The file of a node's inputs: `key`, or `bucket` and `path`. In the buckets that are divided by owner, a key
    /// must begin with the owner's id, and a path gets it.
    init(_ inputs: ValueMap, owner: UserID) throws {
        if let key: String = try inputs.optional("key") {
            try self.init(key: key, owner: owner)
        } else if let bucket: String = try inputs.optional("bucket") {
            try self.init(bucket: bucket, path: inputs.required("path"), owner: owner)
        } else {
            throw NodeFailure("missing field `key`, or `bucket` and `path`")
        }
    }

    /// The file of a whole key.
    init(key: String, owner: UserID) throws(NodeFailure) {
        let segments = try FileAddress.segments(key)
        guard let bucket = segments.first, segments.count > 1 else {
            throw NodeFailure("a key is a bucket, a slash and a path")
        }
        if FileAddress.ownedBuckets.contains(bucket) {
            guard segments.count > 2, segments[1] == "\(owner)" else {
                throw NodeFailure("a path in this bucket begins with the id of the flow's owner")
            }
        }
        try self.init(bucket: bucket, segments: segments.dropFirst(), ownerPrefix: "")
    }

    /// The file at a path, or for a path without segments the bucket itself if `allowsBucket`.
    init(bucket: String, path: String, owner: UserID, allowsBucket: Bool = false) throws(NodeFailure) {
        let names = try FileAddress.segments(bucket)
        guard names.count == 1, let name = names.first, bucket == name else {
            throw NodeFailure("a bucket is one name without a slash")
        }
        let segments = allowsBucket && path.isEmpty ? [] : try FileAddress.segments(path)
        guard allowsBucket || !segments.isEmpty else { throw NodeFailure("the path is empty") }
        let isOwned = FileAddress.ownedBuckets.contains(name)
        try self.init(
            bucket: name, segments: (isOwned ? ["\(owner)"] : []) + segments,
            ownerPrefix: isOwned ? "\(owner)/" : "")
    }

    private init(
        bucket: String, segments: some Collection<String>, ownerPrefix: String
    ) throws(NodeFailure) {
        self.bucket = bucket
        path = segments.joined(separator: "/")
        self.ownerPrefix = ownerPrefix
        guard bucket.utf8.count + 1 + path.utf8.count <= Limits.fileKeyBytesMax else {
            throw NodeFailure("bucket and path have more than \(Limits.fileKeyBytesMax) bytes")
        }
    }

    /// A path of this bucket as the flow's author would write it.
    func authorPath(_ path: String) -> String {
        path.utf8.starts(with: ownerPrefix.utf8)
            ? String(decoding: path.utf8.dropFirst(ownerPrefix.utf8.count), as: UTF8.self) : path
    }

    /// The segments of a path. One slash at the beginning or the end is ignored, and so are segments `.`.
    private static func segments(_ path: String) throws(NodeFailure) -> [String] {
        // Slashes are found by bytes, because a combining mark behind a slash would hide it from a search by
        // characters.
        var parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if parts.count > 1, parts.first?.isEmpty == true { parts.removeFirst() }
        if parts.count > 1, parts.last?.isEmpty == true { parts.removeLast() }
        var segments: [String] = []
        for part in parts {
            let segment = String(decoding: part, as: UTF8.self)
            guard !segment.isEmpty else { throw NodeFailure("a path has no empty segments") }
            guard segment != ".." else { throw NodeFailure("a path has no segment `..`") }
            guard !segment.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
            else {
                throw NodeFailure("a path has no control characters")
            }
            if segment != "." { segments.append(segment) }
        }
        return segments
    }
}
