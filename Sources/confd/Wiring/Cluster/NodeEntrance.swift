import Access
import EXAConf
import EtcdStore
import JobEngine
import PeerLink
import Replication
import SQLiteStore

/// What newcomers are told by this node.
struct NodeEntrance: ClusterEntrance {
    let link: NodeLink
    let log: NodeLog
    let scheduler: JobScheduler
    private let time = SystemTimeSource()

    init(_ link: NodeLink, log: NodeLog, scheduler: JobScheduler) {
        (self.link, self.log, self.scheduler) = (link, log, scheduler)
    }

    var master: EntranceMaster {
        let status = log.cluster.status
        // Before its term has begun it may not know which invitations were used.
        if status.isMaster { return log.member.board.view.mayBegin ? .here : .nobody }
        guard let master = status.master, let member = status.members[master.node],
            let place = JoinPlace(address: member.address, port: member.peerPort)
        else { return .nobody }
        return .elsewhere(place)
    }

    func facts(for node: Int) async -> JoinFacts? {
        let configuration = scheduler.configuration
        guard let (name, network) = await words(for: node) else { return nil }
        let (file, status) = (link.file, await log.cluster.latest())
        let members =
            [PeerAddress(node: file.node, address: file.address, port: file.ports.nodes)]
            + status.members.sorted { $0.key < $1.key }.filter { $0.key != file.node }.map {
                PeerAddress(node: $0.key, address: $0.value.address, port: $0.value.peerPort)
            }
        let voters = status.members.filter(\.value.isVoter).sorted { $0.key < $1.key }
        let level = (try? await link.store.level()) ?? 1
        let open = (try? await link.store.open())?.openJobs.count ?? 0
        var facts = JoinFacts(
            name: configuration.document.global.clusterName ?? "exa1", cluster: file.cluster,
            version: VersionSpan(node: file.node, version: Version.text, levels: Version.levels), level: level,
            revision: configuration.revision, openJobs: open, nodeName: name, network: network,
            at: time.now, members: members,
            etcd: voters.compactMap { JoinPlace(address: $0.value.address, port: file.ports.etcdClients) })
        facts.isEtcdExternal = file.isEtcdExternal
        return facts
    }

    /// What a node is called in the configuration, and its address; a witness is in no configuration.
    private func words(for node: Int) async -> (name: String, network: String)? {
        guard node == ClusterStatus.Witness.number else {
            guard let entry = scheduler.configuration.document.node(id: node),
                let network = entry.section["PrivateNet"]
            else { return nil }
            return (entry.name, network)
        }
        let invitation = (try? await link.store.invitations())?.first { $0.node == node }
        return invitation.map { (ClusterStatus.Witness.name, $0.address) }
    }

    func authority() async -> EntranceAuthority? {
        guard let authority = try? ClusterAuthorityFiles(root: link.root).read() else { return nil }
        return EntranceAuthority(
            authority, trust: link.credentials.material.authorities, generation: link.file.generation)
    }

    func record(_ records: [ReplicatedRecord]) async throws(StoreError) {
        // In its turn: who looks at the state before an append finds these there, or comes first.
        try await log.store.decide(refusing: { $0 }) { () async throws(StoreError) in Decision((), records) }
    }

    func decide<Answer: Sendable>(
        _ look: @Sendable () async throws(JoinRefusal) -> Decision<Answer>
    ) async throws(JoinRefusal) -> Answer {
        try await log.store.decide(refusing: { JoinRefusal($0) }, look)
    }
}
