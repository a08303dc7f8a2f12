// The secret of signed tokens that the operator shares with another service.

internal import Foundation
internal import Identity

/// Reads the file of the setting `jwt_secret_file`.
enum TokenSecretFile {
    /// The secret in it, or nil if there is no such setting.
    static func secret(_ configuration: Configuration) throws(StartError) -> Secret? {
        guard let file = configuration.tokenSecretFile else { return nil }
        let text: String
        do {
            text = try String(contentsOfFile: file, encoding: .utf8)
        } catch {
            throw StartError("jwt_secret_file cannot be read: \(error.localizedDescription)")
        }
        let secret = Array(text.trimmingCharacters(in: .newlines).utf8)
        guard secret.count >= SignedToken.secretByteCountMin else {
            throw StartError("jwt_secret_file must hold at least \(SignedToken.secretByteCountMin) bytes")
        }
        return Secret(secret)
    }
}
