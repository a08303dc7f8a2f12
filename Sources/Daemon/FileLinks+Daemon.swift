// The addresses of files that nodes of the daemon give out.

internal import Identity
internal import Nodes

extension FileLinks {
    /// Addresses of the routes for files (spec nodes 2.7).
    init(_ address: ServedAddress, secret: ServerSecret) {
        self.init(
            publicPrefix: { address.text + "/storage/v1/object/public/" },
            signedPrefix: { address.text + "/storage/v1/object/sign/" },
            token: { key, owner, end in FileToken.make(for: key, of: owner, until: end, secret: secret) })
    }
}
