package import EXAConf
package import JobEngine
import Synchronization
package import Values

/// A cluster of this node alone, which therefore decides; its name and address are those of the configuration.
package final class SingleNodeCluster: Cluster, Reconciler {
    package let name = "cluster"
    package let moment = ReconcilerMoment.beforeAcknowledging
    private let current: Mutex<ClusterStatus>

    /// - Parameters:
    ///   - node: This node's id.
    ///   - document: The configuration, which names the node and gives its address.
    ///   - booted: When this machine was started.
    package init(node: Int, document: Document, booted: Timestamp) {
        let status = ClusterStatus(ownNode: node, master: Self.master(node, document), booted: [node: booted])
        current = Mutex(status)
    }

    /// The only node always decides; what else is told comes from the configuration it follows.
    package var status: ClusterStatus { current.withLock { $0 } }

    /// Asks the system.
    package func holder(ofPort port: Int) -> String? { PortHolder.of(port) }

    package func reconcile(
        from former: DecidedConfiguration?, to latest: DecidedConfiguration
    ) async throws {
        current.withLock { $0.master = Self.master($0.ownNode, latest.document) }
    }

    private static func master(_ id: Int, _ document: Document) -> ClusterStatus.Master {
        let node = document.node(id: id)
        return ClusterStatus.Master(
            node: id, name: node?.name ?? "n\(id)", address: node?.privateNet?.address ?? "127.0.0.1")
    }
}
