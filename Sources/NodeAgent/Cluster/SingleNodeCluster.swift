package import EXAConf
package import JobEngine
import Synchronization

/// A cluster of this node alone, which therefore decides.
package final class SingleNodeCluster: Cluster {
    private let current: Mutex<ClusterStatus>

    /// - Parameters:
    ///   - node: This node's id.
    ///   - document: The configuration, which names the node and gives its address.
    ///   - booted: When this machine was started.
    package init(node: Int, document: Document, booted: Timestamp) {
        let status = ClusterStatus(ownNode: node, master: Self.master(node, document), booted: [node: booted])
        current = Mutex(status)
    }

    /// The only node always decides; what else is told comes from ``follow(_:)`` and ``setSuspended(_:)``.
    package var status: ClusterStatus { current.withLock { $0 } }

    /// Asks the system.
    package func holder(ofPort port: Int) -> String? { PortHolder.of(port) }

    /// Takes the node's name and address from a new configuration.
    package func follow(_ document: Document) {
        current.withLock { $0.master = Self.master($0.ownNode, document) }
    }

    /// Sets which nodes are suspended without the configuration saying so.
    package func setSuspended(_ nodes: Set<Int>) {
        current.withLock { $0.suspended = nodes }
    }

    private static func master(_ id: Int, _ document: Document) -> ClusterStatus.Master {
        let node = document.node(id: id)
        return ClusterStatus.Master(
            node: id, name: node?.name ?? "n\(id)", address: node?.privateNet?.address ?? "127.0.0.1")
    }
}
