// What is said about graphs whose nodes make transactions.

public import Engine

extension GraphWords {
    /// A cycle is found when the nodes are brought into the order of their transactions.
    public static let transactions = GraphWords(hasCycle: "sort_transactions failed: graph has cycle")
}
