package import Values

/// Which nodes there are now and which one decides.
package protocol Cluster: Sendable {
    /// The state of this moment; costs nothing.
    var status: ClusterStatus { get }
    /// Who listens on a port of this node, in words; `nil` for nobody, or where that is not known.
    func holder(ofPort port: Int) -> String?
}

extension Cluster {
    /// Nothing is known of ports.
    package func holder(ofPort port: Int) -> String? { nil }
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

    /// A state in which no node is suspended; `booted` holds only nodes that can be reached.
    package init(ownNode: Int, master: Master?, booted: [Int: Timestamp]) {
        self.ownNode = ownNode
        self.master = master
        self.booted = booted
    }

    /// Whether this node is the one that decides.
    package var isMaster: Bool { master?.node == ownNode }

    /// The node that decides.
    package struct Master: Sendable, Hashable {
        /// Its id in the configuration.
        package let node: Int
        /// Its name in the configuration, such as `n11`.
        package let name: String
        /// Its address inside the cluster, without port.
        package let address: String

        /// The node that decides, in the words of the configuration.
        package init(node: Int, name: String, address: String) {
            self.node = node
            self.name = name
            self.address = address
        }
    }
}
