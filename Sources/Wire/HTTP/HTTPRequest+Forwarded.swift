// What a proxy in front says about the request that it got.

/// The headers that proxies add by custom. Any client may write them, so they count only on a connection of a proxy
/// that is trusted. They say which address a caller believes to have reached, and nothing about who the caller is.
extension HTTPRequest {
    /// `http` or `https`, as the client has spoken to the first proxy; nil if none says so.
    public var forwardedScheme: String? {
        guard let scheme = headers.list("x-forwarded-proto").first?.lowercased(),
            scheme == "http" || scheme == "https"
        else { return nil }
        return scheme
    }

    /// The authority that the client has asked the first proxy for; nil if none says so, or it cannot be one.
    public var forwardedHost: String? {
        guard let host = headers.list("x-forwarded-host").first, HTTPRequest.isAuthority(host) else {
            return nil
        }
        return host
    }

    /// True if the text has only characters of a name or an address with a port (RFC 3986 section 3.2), and any at all.
    static func isAuthority(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    0x30...0x39:
                    true
                default: "-._~%!$&'()*+;=:[]".utf8.contains(byte)
                }
            }
    }
}
