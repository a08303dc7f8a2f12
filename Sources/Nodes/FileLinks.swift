// Addresses under which files are read without a credential.

public import Primitives
internal import Wire

/// How addresses of files are made. The maker of the server knows its routes.
public struct FileLinks: Sendable {
    private let publicPrefix: @Sendable () -> String
    private let signedPrefix: @Sendable () -> String
    private let token: @Sendable (_ key: String, _ owner: UserID, _ end: Int64) -> String

    /// - Parameters:
    ///   - publicPrefix: what stands before the key of a public file, for example
    ///     `http://127.0.0.1:8080/storage/v1/object/public/`.
    ///   - signedPrefix: the same for files that only a token lets see.
    ///   - token: the token for a file of a user, good until a second after 1970.
    public init(
        publicPrefix: @escaping @Sendable () -> String, signedPrefix: @escaping @Sendable () -> String,
        token: @escaping @Sendable (_ key: String, _ owner: UserID, _ end: Int64) -> String
    ) {
        self.publicPrefix = publicPrefix
        self.signedPrefix = signedPrefix
        self.token = token
    }

    /// Addresses of a server that has no routes for files.
    public static let none = FileLinks(publicPrefix: { "" }, signedPrefix: { "" }, token: { _, _, _ in "" })

    /// The address of a public file.
    func publicAddress(of key: String) -> String { publicPrefix() + FileLinks.path(key) }

    /// An address that is good until a second after 1970.
    func signedAddress(of key: String, of owner: UserID, until end: Int64) -> String {
        signedPrefix() + FileLinks.path(key) + "?token=" + token(key, owner, end)
    }

    private static func path(_ key: String) -> String {
        key.utf8.split(separator: UInt8(ascii: "/"))
            .map { PercentEncoding.segment(String(decoding: $0, as: UTF8.self)) }.joined(separator: "/")
    }
}
