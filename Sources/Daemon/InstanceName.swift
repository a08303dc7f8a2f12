// What a data folder is called among the servers on one database.

internal import Foundation
internal import Primitives

/// The name of a data folder: random, made once and kept in it. Its path would not do: servers in two containers have
/// the same one, and each would take the other for its own dead predecessor.
enum InstanceName {
    private static let file = "instance-id"

    /// Makes the name at first start.
    static func of(_ folder: DataFolder) throws(StartError) -> String {
        if let text = try folder.read(file)?.trimmingCharacters(in: .whitespacesAndNewlines) {
            guard let id = UniqueID(text) else {
                throw StartError("\(folder.file(file)) holds no id; remove it, and a new one is made")
            }
            return id.text
        }
        let name = UniqueID.random().text
        try folder.writeSecret(file, name + "\n")
        return name
    }
}
