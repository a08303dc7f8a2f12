import Identity
import Primitives
import Testing

@Suite struct `Keccak-256 hashing` {
    /// Published digests, and around the length of a block those of an implementation that was checked against SHA3-256.
    @Test(arguments: [
        ("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        ("abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
        (
            "The quick brown fox jumps over the lazy dog",
            "4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15"
        ),
        (
            String(repeating: "a", count: 135),
            "34367dc248bbd832f4e3e69dfaac2f92638bd0bbd18f2912ba4ef454919cf446"
        ),
        (
            String(repeating: "a", count: 136),
            "a6c4d403279fe3e0af03729caada8374b5ca54d8065329a3ebcaeb4b60aa386e"
        ),
        (
            String(repeating: "a", count: 137),
            "d869f639c7046b4929fc92a4d988a8b22c55fbadb802c0c66ebcd484f1915f39"
        ),
        (
            String(repeating: "a", count: 1_000),
            "b6a4ac1f51884d71f30fa397a5e155de3099e11fc0edef5d08b646e621e19de9"
        ),
    ])
    func `gives the known digests`(text: String, digest: String) {
        #expect(Hexadecimal.encode(Keccak256.hash(Array(text.utf8))) == digest)
    }
}
