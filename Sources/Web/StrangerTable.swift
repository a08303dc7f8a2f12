// The connections of a loop on which nobody has authenticated. A value, owned by its reactor.

internal import Net
internal import Primitives

/// Strangers in the order in which they came, all of them and those of each address.
struct StrangerTable {
    /// Connections in order. Those that are no longer strangers are skipped, and removed when there are too many of
    /// them.
    fileprivate struct Line {
        var ids = FIFO<ClientID>()
        var count = 0
    }

    private var all = Line()
    private var byAddress: [IPAddress: Line] = [:]
    private var addresses: [ClientID: IPAddress] = [:]

    var count: Int { addresses.count }

    func contains(_ id: ClientID) -> Bool { addresses[id] != nil }

    /// How many strangers there are from the network that this address belongs to.
    func count(from address: IPAddress) -> Int { byAddress[address.subscriber]?.count ?? 0 }

    mutating func add(_ id: ClientID, from address: IPAddress) {
        let subscriber = address.subscriber
        addresses[id] = subscriber
        all.append(id, among: addresses)
        byAddress[subscriber, default: Line()].append(id, among: addresses)
    }

    /// Takes a connection out: its client is known now, or gone.
    mutating func remove(_ id: ClientID) {
        guard let subscriber = addresses.removeValue(forKey: id) else { return }
        all.count -= 1
        byAddress[subscriber]?.count -= 1
        if byAddress[subscriber]?.count == 0 { byAddress[subscriber] = nil }
    }

    /// Takes out the oldest stranger among those that may go.
    ///
    /// - Parameter address: only strangers from this address's network; nil for all.
    mutating func takeOldest(from address: IPAddress? = nil, where mayGo: (ClientID) -> Bool) -> ClientID? {
        let found: ClientID?
        if let subscriber = address?.subscriber {
            found = byAddress[subscriber, default: Line()].takeFirst(of: addresses, where: mayGo)
            if byAddress[subscriber]?.count == 0 { byAddress[subscriber] = nil }
        } else {
            found = all.takeFirst(of: addresses, where: mayGo)
        }
        if let found { remove(found) }
        return found
    }
}

extension StrangerTable.Line {
    mutating func append(_ id: ClientID, among members: [ClientID: IPAddress]) {
        count += 1
        ids.append(id)
        guard ids.count > 2 * count + 64 else { return }
        var present = FIFO<ClientID>()
        while let id = ids.popFirst() {
            if members[id] != nil { present.append(id) }
        }
        ids = present
    }

    mutating func takeFirst(of members: [ClientID: IPAddress], where mayGo: (ClientID) -> Bool) -> ClientID? {
        for _ in 0..<ids.count {
            guard let id = ids.popFirst() else { break }
            guard members[id] != nil else { continue }
            if mayGo(id) { return id }
            // A stranger that is being served goes to the end of the line, because it has not been idle for longest.
            ids.append(id)
        }
        return nil
    }
}
