// The operator's own key for the secrets of users.

internal import Foundation
internal import Identity
internal import Primitives

/// Reads the file of the setting `secret_key_file`.
enum SecretKeyFile {
    /// The key in it, or nil if there is no such setting.
    static func key(_ configuration: Configuration) throws(StartError) -> SealingKey? {
        guard let path = configuration.secretKeyFile else { return nil }
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw StartError("secret_key_file cannot be read: \(error.localizedDescription)")
        }
        let bytes = Base64.decode(text.trimmingCharacters(in: .whitespacesAndNewlines))
        guard let secret = bytes.flatMap({ ServerSecret(bytes: $0) }) else {
            throw StartError(
                "secret_key_file must hold 32 bytes in Base64, such as openssl rand -base64 32 gives")
        }
        return SealingKey(secret)
    }
}
