// A certificate that nobody but its key vouches for, to try TLS with.

internal import COpenSSL

/// A new key on the curve P-256 and a certificate that it has signed itself (RFC 5280 section 3.2), both in PEM.
public struct SelfSignedCertificate: Sendable {
    public let certificate: [UInt8]
    /// Unsealed (PKCS #8).
    public let key: [UInt8]
    /// As in `Nov 30 12:00:00 2027 GMT`.
    public let validUntil: String

    /// Makes one for a host name, which may begin with `*.`, or for a numeric address. Nil for what is neither.
    ///
    /// - Parameter days: how long it is good.
    public init?(for name: String, days: Int) {
        let kind = IPAddress(name) == nil ? "DNS" : "IP"
        guard kind == "IP" || SelfSignedCertificate.isHostName(name) else { return nil }
        guard let key = unsafe flowd_ec_key(), let certificate = unsafe X509_new() else {
            preconditionFailure("There is memory for a certificate.")
        }
        defer {
            unsafe EVP_PKEY_free(key)
            unsafe X509_free(certificate)
        }
        // A clock that is a little late shall not refuse it.
        let hour = 3_600
        guard unsafe X509_set_version(certificate, Int(X509_VERSION_3)) == 1,
            unsafe SelfSignedCertificate.number(certificate),
            unsafe X509_gmtime_adj(X509_getm_notBefore(certificate), -hour) != nil,
            unsafe X509_gmtime_adj(X509_getm_notAfter(certificate), days * 24 * hour - hour) != nil,
            unsafe X509_set_pubkey(certificate, key) == 1,
            unsafe SelfSignedCertificate.describe(certificate, name),
            unsafe SelfSignedCertificate.extend(certificate, NID_subject_alt_name, "\(kind):\(name)"),
            unsafe SelfSignedCertificate.extend(certificate, NID_basic_constraints, "critical,CA:FALSE"),
            unsafe SelfSignedCertificate.extend(certificate, NID_key_usage, "critical,digitalSignature"),
            unsafe SelfSignedCertificate.extend(certificate, NID_ext_key_usage, "serverAuth"),
            unsafe X509_sign(certificate, key, EVP_sha256()) > 0,
            let end = unsafe X509_get0_notAfter(certificate)
        else { preconditionFailure("A certificate can be made for a name that has been looked at.") }
        validUntil = unsafe TLSIdentity.text(of: end)
        self.certificate = unsafe SelfSignedCertificate.text { unsafe PEM_write_bio_X509($0, certificate) }
        self.key = unsafe SelfSignedCertificate.text {
            unsafe PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil)
        }
    }

    /// A number that nobody has used (RFC 5280 section 4.1.2.2).
    private static func number(_ certificate: OpaquePointer) -> Bool {
        guard let number = unsafe BN_new() else { return false }
        defer { unsafe BN_free(number) }
        return unsafe BN_rand(number, 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1
            && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nil
    }

    private static func describe(_ certificate: OpaquePointer, _ name: String) -> Bool {
        // A common name has at most 64 letters (RFC 5280 appendix A.1). Clients look at the other names anyway.
        let name = Array((name.utf8.count <= 64 ? name : "flowd").utf8)
        let subject = unsafe X509_get_subject_name(certificate)
        return unsafe X509_NAME_add_entry_by_txt(
            subject, "CN", MBSTRING_FLAG | 1, name, Int32(name.count), -1, 0) == 1
            && X509_set_issuer_name(certificate, subject) == 1
    }

    private static func extend(_ certificate: OpaquePointer, _ kind: Int32, _ value: String) -> Bool {
        guard let part = unsafe X509V3_EXT_conf_nid(nil, nil, kind, value) else { return false }
        defer { unsafe X509_EXTENSION_free(part) }
        return unsafe X509_add_ext(certificate, part, -1) == 1
    }

    private static func text(_ write: (OpaquePointer) -> Int32) -> [UInt8] {
        guard let memory = unsafe BIO_new(BIO_s_mem()), unsafe write(memory) == 1 else {
            preconditionFailure("There is memory for a text.")
        }
        defer { unsafe BIO_free(memory) }
        var bytes = [UInt8](repeating: 0, count: unsafe flowd_bio_waiting(memory))
        let count = unsafe BIO_read(memory, &bytes, Int32(bytes.count))
        precondition(Int(count) == bytes.count, "Memory gives what it has.")
        return bytes
    }

    private static func isHostName(_ name: String) -> Bool {
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        return name.utf8.count <= 253
            && labels.enumerated().allSatisfy { place, label in
                if place == 0, label == "*", labels.count > 1 { return true }
                return (1...63).contains(label.utf8.count)
                    && label.utf8.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                            true
                        default: false
                        }
                    }
            }
    }
}
