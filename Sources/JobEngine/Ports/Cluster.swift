/// Which nodes there are now and which one decides.
package protocol Cluster: Sendable {
    /// The state of this moment; costs nothing.
    var status: ClusterStatus { get }
}

/// The nodes as they are at one moment.
package struct ClusterStatus: Sendable, Hashable {
    /// The node this daemon runs on.
    package var ownNode: Int
    /// The node that decides now, `nil` while there is none.
    package var master: Master?
    /// When each node that can be reached was started, by id.
    package var booted: [Int: Timestamp]
    /// Nodes that are suspended without the configuration saying so.
    package var suspended: Set<Int> = []

    package init(ownNode: Int, master: Master?, booted: [Int: Timestamp]) {
        self.ownNode = ownNode
        self.master = master
        self.booted = booted
    }

    /// Whether this node is the one that decides.
    package var isMaster: Bool { master?.node == ownNode }

    /// The node that decides.
    package struct Master: Sendable, Hashable {
        package let node: Int
        package let name: String
        /// Its address inside the cluster, without port.
        package let address: String

        package init(node: Int, name: String, address: String) {
            self.node = node
            self.name = name
            self.address = address
        }
    }
}
