// A request for a signature as it is stored, in the journal and in a table of its own. What is stored is not trusted: what
// this project cannot have written is no request.

internal import Engine
internal import Primitives
internal import Values

extension SignatureRequest {
    /// Nil unless every part is what it must be.
    ///
    /// - Parameters:
    ///   - publicKey: Base58.
    ///   - message: Base64.
    ///   - milliseconds: since 1970, when it was made.
    init?(
        storedID number: Int64, publicKey: String, message: String, kind: String, milliseconds: Int64,
        timeLimitMilliseconds: Int64
    ) {
        guard let id = SignatureRequestID(number),
            let key = Base58.decode(publicKey).flatMap({ Bytes32($0) }),
            let bytes = Base64.decode(message), let kind = SignatureKind(rawValue: kind),
            0...Int64(Limits.waitMillisecondsMax) ~= timeLimitMilliseconds
        else { return nil }
        let (nanoseconds, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        // Its end must be a moment, too.
        let room = Int64.max - Int64(Limits.waitMillisecondsMax) * 1_000_000
        guard !overflow, 0...room ~= nanoseconds else { return nil }
        self.init(
            id: id, publicKey: key, message: bytes, kind: kind,
            createdAt: Timestamp(nanoseconds: nanoseconds), timeLimit: .milliseconds(timeLimitMilliseconds))
    }
}
