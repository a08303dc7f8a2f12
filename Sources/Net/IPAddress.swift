// Numeric addresses of both families. Pure values; the system reads and writes their texts.

internal import Glibc

/// An IPv4 or IPv6 address without a zone.
public enum IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// The four bytes, the first one highest.
    case v4(UInt32)
    /// The sixteen bytes, the first one highest.
    case v6(UInt128)

    /// Reads the usual text: four decimal numbers, or RFC 4291 section 2.2. Nil for names and anything else.
    public init?(_ text: String) {
        // The system would read the text only up to the NUL.
        guard !text.utf8.contains(0) else { return nil }
        var four = in_addr()
        var six = in6_addr()
        if unsafe inet_pton(AF_INET, text, &four) == 1 {
            self = .v4(UInt32(bigEndian: four.s_addr))
        } else if unsafe inet_pton(AF_INET6, text, &six) == 1 {
            self = IPAddress.v6(from: six)
        } else {
            return nil
        }
    }

    /// The address in what the system's resolver gives; nil for another family.
    @unsafe init?(_ address: UnsafePointer<sockaddr>) {
        switch Int32(unsafe address.pointee.sa_family) {
        case AF_INET:
            self = unsafe address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                .v4(UInt32(bigEndian: unsafe $0.pointee.sin_addr.s_addr))
            }
        case AF_INET6:
            self = unsafe address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                IPAddress.v6(from: unsafe $0.pointee.sin6_addr)
            }
        default: return nil
        }
    }

    private static func v6(from address: in6_addr) -> IPAddress {
        var address = address
        let bytes = unsafe withUnsafeBytes(of: &address) { unsafe Array($0) }
        return .v6(bytes.reduce(0) { $0 << 8 | UInt128($1) })
    }

    /// What one subscriber of a network has at their disposal: an IPv4 address, also one in the guise of an IPv6
    /// address (RFC 4291 section 2.5.5.2), or the first half of an IPv6 address (RFC 6177).
    public var subscriber: IPAddress {
        guard case .v6(let number) = self else { return self }
        return number >> 32 == 0xFFFF ? .v4(UInt32(truncatingIfNeeded: number)) : .v6((number >> 64) << 64)
    }

    /// How many bits it has.
    public var bitCount: Int {
        switch self {
        case .v4: 32
        case .v6: 128
        }
    }

    /// As the system writes it; without brackets.
    public var description: String {
        switch self {
        case .v4(let number):
            return stride(from: 24, through: 0, by: -8).map { "\(number >> UInt32($0) & 0xFF)" }.joined(
                separator: ".")
        case .v6(let number):
            var bytes = number.bigEndian
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            guard unsafe inet_ntop(AF_INET6, &bytes, &text, socklen_t(text.count)) != nil else {
                preconditionFailure("There is room for any address.")
            }
            return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
