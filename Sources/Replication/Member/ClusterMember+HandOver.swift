import ClusterLog
package import JobEngine
import Waiting

/// A term that is handed over to another member.
extension ClusterMember {
    /// Has another member decide in place of this one: that one is named, what is on its way is finished, nothing more is taken,
    /// and the term ends. Appends are `deposed` from then on. Whether the other one was elected is told by the board; it goes
    /// first, and when it does not, somebody else is elected after ``Election/courtesy``.
    ///
    /// - Throws: `deposed` when this node does not decide, and `unavailable` when the other one is not there with all it needs,
    ///   or etcd could not be told. This node goes on deciding then.
    package func handOver(to node: Int) async throws(StoreError) {
        guard let term = appending.office?.term, !isHandingOver, election.isMaster(at: now) else {
            throw .deposed
        }
        guard node != settings.node, view.present[node]?.isReady == true else {
            throw .unavailable("node \(node) is not there to take over")
        }
        let successor = Successor(node: node, epoch: term.epoch)
        let answer: TransactionAnswer
        do throws(EtcdError) {
            answer = try await ports.etcd.transact(successor.transaction(keys))
        } catch {
            throw .unavailable("nobody could be told that node \(node) takes over: \(error)")
        }
        guard answer.succeeded, appending.office?.term == term, !isHandingOver else { throw .deposed }
        elect(.named(successor))
        let isOver = Waiter<Void>()
        appending.handOver = isOver
        appending.refuseWaiting()
        settle()
        await isOver.answer()
    }

    /// Whether nothing more is taken because the term is handed over.
    var isHandingOver: Bool { appending.handOver != nil }

    /// Ends a term that is handed over, once nothing of it is on its way any more.
    func finishHandOver() {
        guard isHandingOver, let term = appending.office?.term else { return }
        if appending.groups.values.contains(where: { $0.term == term }) { return }
        elect(.stopped(.leaving))
    }
}
