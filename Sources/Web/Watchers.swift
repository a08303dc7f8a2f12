// Which connections of a loop want to hear of what.

/// The connections that watch something. Owned by a web loop.
struct Watchers {
    private var ids: [Watched: Set<ClientID>] = [:]

    func of(_ watched: Watched) -> Set<ClientID> { ids[watched] ?? [] }

    mutating func add(_ id: ClientID, to watched: Watched) { ids[watched, default: []].insert(id) }

    mutating func remove(_ id: ClientID, from watched: Watched) {
        ids[watched]?.remove(id)
        if ids[watched]?.isEmpty == true { ids[watched] = nil }
    }
}
