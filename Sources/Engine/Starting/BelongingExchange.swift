// What takes the place of belongings when a flow is started, or copied, by somebody else than its owner.

public import Primitives
public import Values

/// Knows the belongings of users. Every method returns at once and answers exactly once, on any thread. The engine asks
/// only if flows have belongings, and only for somebody else than their owner.
public protocol BelongingExchange: Sendable {
    /// The terms of a run in which the starter's belongings take the place of the owner's (spec flow-engine 14.3): these
    /// terms and what nodes must know to find theirs.
    ///
    /// - Parameter belongings: those of all flows that the run can come to. Some may be there several times.
    func settle(
        _ belongings: [any Belonging], of owner: UserID, for starter: Starter, on terms: any RunTerms,
        reply: @escaping @Sendable (Result<any RunTerms, StorageError>) -> Void)
    /// What takes the place of belongings in flows that become this user's. Nil if the user has nothing that could.
    func replacements(
        for user: UserID,
        reply: @escaping @Sendable (Result<(any BelongingReplacements)?, StorageError>) -> Void)
}

/// What nodes of a copy are configured with in the place of belongings of the original's owner. Pure.
public protocol BelongingReplacements: Sendable {
    /// Entries for the configuration of a node with this belonging. Nil if the node stays as it is.
    func configuration(inPlaceOf belonging: any Belonging) -> ValueMap?
}

/// For an engine whose users have nothing to exchange.
struct NoBelongingExchange: BelongingExchange {
    /// Every belonging stays.
    func settle(
        _ belongings: [any Belonging], of owner: UserID, for starter: Starter, on terms: any RunTerms,
        reply: @escaping @Sendable (Result<any RunTerms, StorageError>) -> Void
    ) {
        reply(.success(terms))
    }

    func replacements(
        for user: UserID,
        reply: @escaping @Sendable (Result<(any BelongingReplacements)?, StorageError>) -> Void
    ) {
        reply(.success(nil))
    }
}
