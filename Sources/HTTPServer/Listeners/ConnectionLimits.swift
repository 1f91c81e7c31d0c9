/// What the clients of a port may use up: connections, the share of an address, sizes and time. The same for every port, but
/// for what is set otherwise.
package struct ConnectionLimits: Sendable {
    /// Open connections; more wait in the system's queue until one is closed. Default 10,000.
    package var connections = 10_000
    /// Open connections of one address, or of an IPv6 /64; more are closed at once. `nil` for a quarter of all.
    package var perAddress: Int?
    /// All header fields of a request together, in bytes. Default 16 KiB.
    package var headerBytes = 16 << 10
    /// Header fields of a request. Default 200.
    package var headerFields = 200
    /// Path and query, in bytes. Default 8 KiB.
    package var targetBytes = 8 << 10
    /// Time for each step; defaults as ``TransportTimeouts`` has them.
    package var times = TransportTimeouts()

    /// The defaults, but for what is given.
    package init(connections: Int = 10_000, perAddress: Int? = nil, times: TransportTimeouts = TransportTimeouts()) {
        self.connections = connections
        self.perAddress = perAddress
        self.times = times
    }

    /// Open connections an address may have, never less than one.
    package var share: Int { max(1, perAddress ?? connections / 4) }
}
