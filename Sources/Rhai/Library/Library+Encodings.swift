// Base58, hexadecimal text, and SHA-256.

internal import Identity
internal import Primitives

extension Library {
    static func addEncodings(to library: inout LibraryBuilder) {
        library.add("base58_encode", [.blob, .string]) { (value, arguments, session) throws(Fault) in
            guard arguments.count == 0, let bytes = value.bytesToAppend else { return nil }
            guard bytes.count <= Limits.base58BytesMax else {
                throw Fault(.runtime, "more than \(Limits.base58BytesMax) bytes cannot be written in Base58")
            }
            session.work += bytes.count
            return try session.string(Base58.encode(bytes))
        }
        library.add("base58_decode", [.string]) { (value, arguments, session) throws(Fault) in
            guard case .string(let text) = value, arguments.count == 0 else { return nil }
            session.work += min(text.utf8.count, Base58.charactersMax(ofBytes: Limits.base58BytesMax))
            guard let bytes = Base58.decode(text) else {
                throw Fault(.runtime, "this text is not Base58: \(quoted(text))")
            }
            return try session.blob(bytes)
        }
        library.add("hex_encode", [.blob, .string]) { (value, arguments, session) throws(Fault) in
            guard arguments.count == 0, let bytes = value.bytesToAppend else { return nil }
            return try session.string(Hexadecimal.encode(bytes))
        }
        library.add("hex_decode", [.string]) { (value, arguments, session) throws(Fault) in
            guard case .string(let text) = value, arguments.count == 0 else { return nil }
            guard let bytes = Hexadecimal.decode(text) else {
                throw Fault(
                    .runtime, "this text is not an even number of hexadecimal digits: \(quoted(text))")
            }
            return try session.blob(bytes)
        }
        library.add("sha256", [.blob, .string]) { (value, arguments, session) throws(Fault) in
            guard arguments.count == 0, let bytes = value.bytesToAppend else { return nil }
            session.work += bytes.count / 4
            return .string(Hexadecimal.encode(Digest.sha256(bytes)))
        }
    }
}
