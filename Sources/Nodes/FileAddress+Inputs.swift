// Which file a node means by its inputs (spec nodes 2.7). Pure.

internal import Engine
internal import Primitives
internal import Values

extension FileAddress {
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
}
