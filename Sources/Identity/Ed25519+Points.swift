// Which bytes are points of the curve of Ed25519, by arithmetic of libcrypto (RFC 8032 section 5.1.3). Stateless.

internal import COpenSSL

extension Ed25519 {
    /// The prime of the field, 2^255 - 19.
    private static let prime = "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFED"
    /// The number d of the curve.
    private static let curve = "52036CEE2B6FFE738CC740797779E89800700A4D4141D8AB75EB4DCA135978A3"

    /// True if 32 bytes are a point of the curve, whether their coordinate is written below the prime or not. Takes
    /// some hundred microseconds, and tells by its time what the bytes are: not for secrets.
    ///
    /// The coordinate y belongs to a point if (y² - 1) / (d·y² + 1) is a square: that quotient is x².
    public static func isPoint(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == 32 else { return false }
        var coordinate = bytes
        coordinate[31] &= 0x7F
        guard let memory = unsafe BN_CTX_new() else { preconditionFailure("there is memory for a number") }
        unsafe BN_CTX_start(memory)
        defer {
            unsafe BN_CTX_end(memory)
            unsafe BN_CTX_free(memory)
        }
        var p = unsafe BN_CTX_get(memory)
        var d = unsafe BN_CTX_get(memory)
        guard let y = unsafe BN_CTX_get(memory), let square = unsafe BN_CTX_get(memory),
            let above = unsafe BN_CTX_get(memory), let below = unsafe BN_CTX_get(memory),
            let half = unsafe BN_CTX_get(memory), let one = unsafe BN_value_one(),
            unsafe BN_hex2bn(&p, prime) > 0, unsafe BN_hex2bn(&d, curve) > 0,
            unsafe BN_lebin2bn(coordinate, Int32(coordinate.count), y) != nil,
            unsafe BN_mod_sqr(square, y, p, memory) == 1,
            unsafe BN_mod_sub(above, square, one, p, memory) == 1,
            unsafe BN_mod_mul(below, d, square, p, memory) == 1,
            unsafe BN_mod_add(below, below, one, p, memory) == 1,
            // The quotient is a square if the product is one; Euler's criterion tells.
            unsafe BN_mod_mul(square, above, below, p, memory) == 1, unsafe BN_rshift1(half, p) == 1,
            unsafe BN_mod_exp(y, square, half, p, memory) == 1
        else { preconditionFailure("libcrypto calculates with numbers of 255 bits") }
        return unsafe BN_is_zero(above) == 1 || BN_is_one(y) == 1
    }
}
