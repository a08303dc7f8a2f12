// What the engine says about graphs in the words of whoever makes them.

/// Texts of problems that a graph is refused for.
public struct GraphWords: Hashable, Sendable {
    /// A path leads back to where it began.
    public let hasCycle: String

    public init(hasCycle: String = "graph has cycle") { self.hasCycle = hasCycle }
}
