// Which server a data folder belongs to, among all on one database.

internal import Foundation
internal import Primitives

/// The id of a data folder: random, made once and kept in it, so that a daemon which starts again is the server that it
/// was. The folder's path would not do as an id: servers in two containers may have the same path, and each would take
/// the other for itself.
enum InstanceID {
    private static let file = "instance-id"

    /// Makes the id at first start.
    static func of(_ folder: DataFolder) throws(StartError) -> ServerID {
        if let text = try folder.read(file)?.trimmingCharacters(in: .whitespacesAndNewlines) {
            guard let id = UniqueID(text) else {
                throw StartError("\(folder.file(file)) holds no id; remove it, and a new one is made")
            }
            return ServerID(id)
        }
        let id = UniqueID.random()
        try folder.writeSecret(file, id.text + "\n")
        return ServerID(id)
    }
}
