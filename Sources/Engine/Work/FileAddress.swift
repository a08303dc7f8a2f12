// Which file is meant (spec nodes 2.7): the one place where a path becomes a key. Pure.

public import Primitives

/// A bucket and a path within it, normalised: segments with single slashes between them, none of them `.` or `..`.
public struct FileAddress: Hashable, Sendable {
    /// The bucket of a file if the node names none.
    public static let standardBucket = "user-storages"
    /// The bucket whose files everybody may read who knows their addresses.
    public static let publicBucket = "user-public-storages"
    /// In these the first segment of every path is the owner's id.
    private static let ownedBuckets: Set<String> = [standardBucket, publicBucket]

    public let bucket: String
    /// Empty for the bucket itself, which only a listing may mean.
    public let path: String
    /// What stands before the path that the flow's author sees: nothing, or the owner's id and a slash.
    private let ownerPrefix: String

    /// The key by which the port for files knows the file.
    public var key: String { "\(bucket)/\(path)" }

    /// The file of a whole key.
    public init(key: String, owner: UserID) throws(FileAddressError) {
        let segments = try FileAddress.segments(key)
        guard let bucket = segments.first, segments.count > 1 else {
            throw FileAddressError("a key is a bucket, a slash and a path")
        }
        if FileAddress.ownedBuckets.contains(bucket) {
            guard segments.count > 2, segments[1] == "\(owner)" else {
                throw FileAddressError("a path in this bucket begins with the id of the flow's owner")
            }
        }
        try self.init(bucket: bucket, segments: segments.dropFirst(), ownerPrefix: "")
    }

    /// The file at a path, or for a path without segments the bucket itself if `allowsBucket`.
    public init(bucket: String, path: String, owner: UserID, allowsBucket: Bool = false)
        throws(FileAddressError)
    {
        let names = try FileAddress.segments(bucket)
        guard names.count == 1, let name = names.first, bucket == name else {
            throw FileAddressError("a bucket is one name without a slash")
        }
        let segments = allowsBucket && path.isEmpty ? [] : try FileAddress.segments(path)
        guard allowsBucket || !segments.isEmpty else { throw FileAddressError("the path is empty") }
        let isOwned = FileAddress.ownedBuckets.contains(name)
        try self.init(
            bucket: name, segments: (isOwned ? ["\(owner)"] : []) + segments,
            ownerPrefix: isOwned ? "\(owner)/" : "")
    }

    private init(
        bucket: String, segments: some Collection<String>, ownerPrefix: String
    ) throws(FileAddressError) {
        self.bucket = bucket
        path = segments.joined(separator: "/")
        self.ownerPrefix = ownerPrefix
        guard bucket.utf8.count + 1 + path.utf8.count <= Limits.fileKeyBytesMax else {
            throw FileAddressError("bucket and path have more than \(Limits.fileKeyBytesMax) bytes")
        }
    }

    /// A path of this bucket as the flow's author would write it.
    public func authorPath(_ path: String) -> String {
        path.utf8.starts(with: ownerPrefix.utf8)
            ? String(decoding: path.utf8.dropFirst(ownerPrefix.utf8.count), as: UTF8.self) : path
    }

    /// The file of a whole key in the public bucket, with its owner, whom the key names; nil for any other key.
    public static func published(_ key: String) -> (address: FileAddress, owner: UserID)? {
        let segments = key.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 2)
        guard segments.count == 3, let owner = UserID(String(decoding: segments[1], as: UTF8.self)),
            let address = try? FileAddress(key: key, owner: owner), address.bucket == publicBucket
        else { return nil }
        return (address, owner)
    }

    /// True for a file of the public bucket.
    public var isPublished: Bool { bucket == FileAddress.publicBucket }

    /// The segments of a path. One slash at the beginning or the end is ignored, and so are segments `.`.
    private static func segments(_ path: String) throws(FileAddressError) -> [String] {
        // Slashes are found by bytes, because a combining mark behind a slash would hide it from a search by
        // characters.
        var parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if parts.count > 1, parts.first?.isEmpty == true { parts.removeFirst() }
        if parts.count > 1, parts.last?.isEmpty == true { parts.removeLast() }
        var segments: [String] = []
        for part in parts {
            let segment = String(decoding: part, as: UTF8.self)
            guard !segment.isEmpty else { throw FileAddressError("a path has no empty segments") }
            guard segment != ".." else { throw FileAddressError("a path has no segment `..`") }
            guard !segment.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
            else {
                throw FileAddressError("a path has no control characters")
            }
            if segment != "." { segments.append(segment) }
        }
        return segments
    }
}

/// Why something is no address of a file; the text is for the person who wrote it.
public struct FileAddressError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}
