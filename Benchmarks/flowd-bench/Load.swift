// What a measurement is: a machine that is told what its connections bring, and has a figure in the end.

/// One measurement on one loop. Told everything on the loop's thread; each call may send and set timers.
protocol Load: Sendable {
    associatedtype Figure: Sendable

    /// For error messages.
    var name: String { get }
    var site: Site { get }
    /// Connections for requests.
    var requestConnections: Int { get }
    /// WebSockets, which are open and authenticated when the load begins.
    var sockets: Int { get }
    /// There when the load has ended.
    var figure: Figure? { get }

    /// All connections stand.
    mutating func begin(_ wires: inout Wires) throws(BenchError)
    /// A request was answered with 200 or 201.
    mutating func answered(_ connection: Int, _ body: [UInt8], _ wires: inout Wires) throws(BenchError)
    /// A text message came.
    mutating func received(_ socket: Int, _ message: ArraySlice<UInt8>, _ wires: inout Wires)
        throws(BenchError)
    mutating func due(_ timer: LoadTimer, _ wires: inout Wires) throws(BenchError)
}

extension Load {
    mutating func received(
        _ socket: Int, _ message: ArraySlice<UInt8>, _ wires: inout Wires
    ) throws(BenchError) {
        throw .wrong("a message on a socket that nobody opened")
    }
}
