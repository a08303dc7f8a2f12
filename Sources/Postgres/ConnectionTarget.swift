// The hosts of a connection string, and the names that must be looked up before connecting. The client library would
// look them up itself and block its caller. Pure but for reading the string.

public import Net
internal import Synchronization

/// The hosts of a connection string, in the order in which they are tried.
public struct ConnectionTarget: Sendable {
    /// One host. Empty texts stand for what the library chooses.
    private struct Place {
        let host: String
        let address: String
        let port: String

        /// A folder of a socket, or an abstract one, is no name, nor is an address; only addresses hold colons.
        var isName: Bool {
            address.isEmpty && !host.isEmpty && !host.hasPrefix("/") && !host.hasPrefix("@")
                && !host.contains(":") && IPAddress(host) == nil
        }
    }

    private let places: [Place]

    /// Reads a connection string as the client library does, with its environment and its service file. A string that
    /// cannot be understood has no hosts: the library says why when it is used.
    public init(_ connectionString: String) {
        let place = PostgresConnection.place(of: connectionString)
        self.init(host: place.host, address: place.address, port: place.port)
    }

    /// Reads the lists of the library's parameters `host`, `hostaddr` and `port`, with commas between.
    init(host: String, address: String, port: String) {
        func list(_ text: String) -> [String] {
            text.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let (hosts, addresses, ports) = (list(host), list(address), list(port))
        // If the lists do not fit each other, the library refuses them.
        guard addresses.isEmpty || addresses.count == hosts.count,
            ports.count < 2 || ports.count == hosts.count
        else {
            places = []
            return
        }
        places = hosts.indices.map { index in
            Place(
                host: hosts[index], address: addresses.isEmpty ? "" : addresses[index],
                port: ports.count > 1 ? ports[index] : ports.first ?? "")
        }
    }

    /// The names to look up, each once.
    public var names: [String] {
        var names: [String] = []
        for place in places where place.isName && !names.contains(place.host) { names.append(place.host) }
        return names
    }

    /// Settings that take precedence over those of the connection string, with an address beside each name. The name
    /// still counts for TLS and for passwords. A name without an address is left out; nil if nothing remains.
    public func settings(with addresses: [String: [IPAddress]]) -> [ConnectionSetting]? {
        var found: [Place] = []
        for place in places {
            guard place.isName else {
                found.append(place)
                continue
            }
            for address in addresses[place.host] ?? [] {
                found.append(Place(host: place.host, address: "\(address)", port: place.port))
            }
        }
        guard !found.isEmpty else { return nil }
        func text(_ part: (Place) -> String) -> String { found.map(part).joined(separator: ",") }
        return [
            ConnectionSetting(keyword: "host", value: text(\.host)),
            ConnectionSetting(keyword: "hostaddr", value: text(\.address)),
            ConnectionSetting(keyword: "port", value: text(\.port)),
        ]
    }

    /// Looks the names up on a thread of its own. Blocks the calling thread, which must not be a loop's.
    func settings(withinMilliseconds milliseconds: Int32) throws(PostgresError) -> [ConnectionSetting] {
        guard !names.isEmpty else { return [] }
        let box = AddressBox()
        do {
            let threads = try WorkThreads(name: "db names", count: 1, capacity: 1)
            defer { threads.stop() }
            _ = threads.post { [names] in
                box.put(Dictionary(uniqueKeysWithValues: names.map { ($0, NameLookup.addresses(of: $0)) }))
            }
        } catch {
            throw PostgresError(.connection, detail: "\(error)")
        }
        var rest = milliseconds
        while rest > 0 {
            if let addresses = box.addresses {
                guard let settings = settings(with: addresses) else { throw unknownNames }
                return settings
            }
            PostgresConnection.pause(milliseconds: ConnectionTarget.stepMilliseconds)
            rest -= ConnectionTarget.stepMilliseconds
        }
        throw PostgresError(.connection, detail: "the host names were not looked up in time")
    }

    /// The error that no name of a host could be looked up.
    public var unknownNames: PostgresError {
        PostgresError(
            .connection, detail: "no address is known of \(names.joined(separator: ", "))")
    }

    private static let stepMilliseconds: Int32 = 5
}

/// A parameter of the client library (manual, libpq, parameter key words).
public struct ConnectionSetting: Equatable, Sendable {
    let keyword: String
    let value: String
}

/// What a lookup has found, once it has ended.
private final class AddressBox: Sendable {
    private let content = Mutex<[String: [IPAddress]]?>(nil)

    var addresses: [String: [IPAddress]]? { content.withLock { $0 } }

    func put(_ addresses: [String: [IPAddress]]) { content.withLock { $0 = addresses } }
}
