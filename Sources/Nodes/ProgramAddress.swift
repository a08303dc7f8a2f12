// Addresses that programs own: hashes that are no public key, so that nobody has the other half (spec nodes 3.3). Pure.

internal import Identity
internal import Values

/// An address of a program, with the number that made it one.
struct ProgramAddress {
    /// Seeds of an address, the bump not counted.
    static let seedsMax = 15
    /// Bytes of each seed.
    static let seedBytesMax = 32
    private static let mark = Array("ProgramDerivedAddress".utf8)

    let address: Bytes32
    let bump: UInt8

    /// The first hash of the seeds, a bump from 255 downwards and the program that is no point of the curve.
    init(seeds: [[UInt8]], program: Bytes32) throws(NodeFailure) {
        guard seeds.count <= ProgramAddress.seedsMax else {
            throw NodeFailure("an address has at most \(ProgramAddress.seedsMax) seeds, not \(seeds.count)")
        }
        if let index = seeds.firstIndex(where: { $0.count > ProgramAddress.seedBytesMax }) {
            throw NodeFailure(
                "seed number \(index + 1) has \(seeds[index].count) bytes, more than \(ProgramAddress.seedBytesMax)"
            )
        }
        let beginning = seeds.flatMap(\.self)
        let end = program.bytes + ProgramAddress.mark
        for bump in (UInt8.min...UInt8.max).reversed() {
            let hash = Digest.sha256(beginning + [bump] + end)
            guard !Ed25519.isPoint(hash), let address = Bytes32(hash) else { continue }
            self.address = address
            self.bump = bump
            return
        }
        throw NodeFailure("no bump makes an address of these seeds")
    }
}
