import Application
import JobEngine
import NodeAgent
import Synchronization
import Waiting

/// The cluster as this node sees it: itself alone, until it takes part in one of several nodes.
final class ClusterInForce: Cluster, Reconciler {
    let name = "cluster"
    let moment = ReconcilerMoment.beforeAcknowledging

    private struct State {
        var present: any Cluster & Reconciler
        var checks: (@Sendable () -> [ReadinessChecks.Check])?
        var readers = Readers<ClusterStatus>()
    }

    private let state: Mutex<State>

    init(_ alone: SingleNodeCluster) { state = Mutex(State(present: alone)) }

    var present: any Cluster & Reconciler { state.withLock { $0.present } }

    /// What there is from now on.
    func use(_ cluster: any Cluster & Reconciler) { state.withLock { $0.present = cluster } }

    /// How it stands with what this node does for the cluster beside taking part.
    var checks: [ReadinessChecks.Check] { state.withLock { $0.checks }?() ?? [] }

    /// Has that told from now on.
    func watch(_ checks: @escaping @Sendable () -> [ReadinessChecks.Check]) { state.withLock { $0.checks = checks } }

    /// Hands on what another cluster tells, until that ends or the task is cancelled.
    ///
    /// Until somebody decides there a node that was alone is one: whoever asks meanwhile waits for the term that comes.
    func follow(_ cluster: any Cluster & Reconciler) async {
        for await status in cluster.changes() {
            if status.master != nil { use(cluster) }
            state.withLock { $0.readers.tell(status) }
        }
    }

    var status: ClusterStatus { present.status }

    func changes() -> AsyncStream<ClusterStatus> {
        let now = status
        return state.withLock { $0.readers.add(first: now, keeping: .bufferingNewest(1)) }
    }

    func handOver(to node: Int) async throws(JobError) { try await present.handOver(to: node) }

    func holder(ofPort port: Int) -> String? { present.holder(ofPort: port) }

    func reconcile(
        from former: DecidedConfiguration?, to latest: DecidedConfiguration
    ) async throws { try await present.reconcile(from: former, to: latest) }
}
