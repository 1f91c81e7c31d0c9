package import Access
import EXAConf
package import JobEngine
import Synchronization
import Values

/// The cluster as this node sees it, and since when it has seen nobody of a member.
package final class ClusterService: Sendable {
    private let cluster: any Cluster
    private let scheduler: JobScheduler
    private let time: any TimeSource
    private let version: String
    private let seen = Mutex(Seen())

    /// What was noticed of members by their ids, so that one that joined again begins anew.
    private struct Seen {
        var present: Set<String> = []
        var away: [String: Timestamp] = [:]
    }

    /// - Parameter version: That of this daemon.
    package init(_ cluster: any Cluster, scheduler: JobScheduler, time: any TimeSource, version: String) {
        (self.cluster, self.scheduler, self.time, self.version) = (cluster, scheduler, time, version)
    }

    /// Notices who comes and goes, until the task is cancelled or there is nothing more to be told.
    package func run() async {
        for await status in cluster.changes() { note(status) }
    }

    /// The state as it is, with all suspended nodes.
    package var status: ClusterStatus {
        var status = cluster.status
        status.holdBack(scheduler.nodesOwed)
        status.suspended.formUnion(scheduler.clusterStatus().suspended)
        return status
    }

    /// What is worked on now, nodes first.
    package var maintenance: [Maintenance] {
        scheduler.configuration.maintenance(at: Timestamp(milliseconds: Int(time.now)))
    }

    /// The term of office in which what this node knows was decided; `nil` before the first.
    package var term: Int? {
        let epoch = scheduler.events.epoch
        return epoch > 0 ? epoch : nil
    }

    /// Everything that is known of the cluster here.
    package func summary() async -> ClusterSummary {
        let status = status
        note(status)
        let configuration = scheduler.configuration
        let now = Timestamp(milliseconds: Int(time.now))
        var facts = ClusterSummary.Facts(status, now: now)
        let nodes = Set(status.members.keys).union([status.ownNode])
        for node in nodes { facts.names[node] = configuration.document.node(id: node)?.name }
        facts.revision = configuration.revision
        let revisions = await scheduler.latestRevisions()
        if let newest = revisions.first {
            facts.revisionAge = .milliseconds(max(0, now.milliseconds - newest.at.milliseconds))
        }
        facts.acknowledged = revisions.newestAcknowledged
        facts.away = seen.withLock { seen in
            status.members.compactMapValues { seen.away[$0.id] }
        }
        facts.witnessAway = status.witness.flatMap { witness in seen.withLock { $0.away[witness.id] } }
        facts.maintenance = configuration.maintenance(at: now)
        facts.term = term
        facts.version = version
        return ClusterSummary(facts)
    }

    /// A member that was seen and is away now went at this moment; of one that never was seen nobody knows.
    private func note(_ status: ClusterStatus) {
        let now = Timestamp(milliseconds: Int(time.now))
        seen.withLock { seen in
            let ids = Set(status.members.values.map(\.id) + [status.witness?.id].compactMap(\.self))
            let witness = status.witness.flatMap { $0.isPresent ? $0.id : nil }
            let present = Set(status.members.values.filter(\.isPresent).map(\.id) + [witness].compactMap(\.self))
            for id in seen.present.subtracting(present) where ids.contains(id) { seen.away[id] = now }
            seen.away = seen.away.filter { ids.contains($0.key) && !present.contains($0.key) }
            seen.present = present
        }
    }
}

extension JobScheduler {
    /// Revisions that are looked through for what each node has.
    private static let depth = 20

    /// The newest revisions without their text, newest first; none where they cannot be read.
    func latestRevisions() async -> [RevisionRecord] {
        (try? await revisions(below: nil, limit: Self.depth)) ?? []
    }
}

extension [RevisionRecord] {
    /// The newest of them each node has.
    var newestAcknowledged: [Int: Int] {
        var newest: [Int: Int] = [:]
        for revision in self {
            for node in revision.acknowledgements where node.state == .acknowledged {
                newest[node.node] = Swift.max(newest[node.node] ?? 0, revision.number)
            }
        }
        return newest
    }
}
