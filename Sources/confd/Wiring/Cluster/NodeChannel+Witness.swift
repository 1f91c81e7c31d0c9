import Access
import Certificates
import ClusterLog
import FoundationEssentials
import JobEngine
import PeerLink
import Replication
import SQLiteStore

extension NodeChannel {
    /// Asks the witness how it is, where there is one, and tells it what it has to know; until the task is cancelled.
    func watchWitness() async {
        let (link, log) = (link, log)
        await log.witness.run {
            (try? await link.store.members())?.first { $0.node == ClusterStatus.Witness.number }?.place
        } telling: {
            guard let revoked = try? await link.store.certificates().compactMap(\.revoked) else { return nil }
            let now = Date(timeIntervalSince1970: Double(SystemTimeSource().now) / 1000)
            return WitnessQuestion(
                generation: link.file.generation, entry: log.member.board.view.applied.index,
                members: await link.store.nodes().map(\.place).sorted { $0.node < $1.node },
                revoked: revoked.filter { $0.notAfter > now })
        }
    }
}
