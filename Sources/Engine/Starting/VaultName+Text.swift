// How the name of a secret is written. Pure.

internal import Primitives

extension VaultName {
    /// The name in `provider/label`, as documents refer to it; the label may have further slashes. White space at the
    /// ends of either part is ignored (spec flow-engine 2.4). Nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let provider = VaultName.part(parts[0]), let label = VaultName.part(parts[1])
        else { return nil }
        self.init(provider: provider, label: label)
    }

    private static func part(_ text: Substring) -> String? {
        let start = text.drop(while: \.isWhitespace)
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return nil }
        let part = start[...end]
        guard part.utf8.count <= Limits.vaultNameBytesMax,
            !part.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { return nil }
        return String(part)
    }
}
