import Access
import ClusterLog
import EtcdStore
import Logging
import PeerLink
import Replication

/// Has room made in the etcds of the nodes when one of them has none: until somebody does, they refuse every change.
///
/// Each node with a vote looks. The one that decides acts at once; where nobody decides, or that node does not get to it, others
/// do so a little later, so that two members are hardly ever defragmented at once. An etcd that is somebody else's is left alone.
struct EtcdRoom {
    private static let pace = Duration.seconds(3)
    /// How many looks in a row find no room before a node acts that does not decide.
    private static let patience = 5

    private let log: NodeLog
    private let logger: Logger
    private let time = SystemTimeSource()

    init(_ log: NodeLog, _ logger: Logger) { (self.log, self.logger) = (log, logger) }

    /// Looks until the task is cancelled.
    func run() async {
        guard !log.link.file.isEtcdExternal else { return }
        var looks = 0
        while !Task.isCancelled {
            await time.sleep(until: time.monotonic + Self.pace)
            guard log.link.file.isVoter, await hasNone() else {
                looks = 0
                continue
            }
            looks += 1
            guard log.member.isMaster || looks > Self.patience else { continue }
            looks = 0
            await make()
        }
    }

    private func hasNone() async -> Bool {
        guard let alarms = try? await log.etcd.alarms() else { return false }
        return alarms.contains { $0.kind == .noSpace }
    }

    private func make() async {
        let file = log.link.file
        logger.warning("etcd has no room and refuses changes: what is not needed of the log is removed")
        do throws(EtcdError) {
            let repair = QuotaRepair(log.etcd, keys: LogKeys(cluster: file.cluster, generation: file.generation))
            guard let outcome = try await repair.run() else { return }
            logger.notice(
                "etcd has room again",
                metadata: [
                    "oldest": outcome.oldest.map { "\($0)" } ?? "none",
                    "unreached": "\(outcome.unreached.map(\.description).joined(separator: ", "))",
                ])
        } catch {
            logger.error("no room could be made in etcd; it is tried again", metadata: ["cause": "\(error)"])
        }
    }
}
