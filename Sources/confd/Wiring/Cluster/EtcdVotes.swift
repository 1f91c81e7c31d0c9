import Certificates
import ClusterLog
import EtcdStore
import JobEngine
import PeerLink
import Replication
import SQLiteStore
import Values

/// Gives nodes their votes, and takes them back: asks etcd, and has nodes start and end theirs.
struct EtcdVotes: VoteGranting {
    /// How long a node may take to start its etcd.
    private static let patience = Duration.seconds(45)

    private let link: NodeLink
    private let etcd: EtcdClient
    /// Told to look again when votes have changed.
    private let voters: EtcdVoters
    private let cluster: MemberCluster
    private let own: OwnVote

    /// Votes of the cluster this log is of.
    init(_ log: NodeLog) {
        (link, etcd, voters, cluster, own) = (log.link, log.etcd, log.voters, log.cluster, OwnVote(log))
    }

    var hasAuthority: Bool { (try? ClusterAuthorityFiles(root: link.root).read()) != nil }

    // It decides on if the other one does not, and is asked again.
    func handOver(to node: Int) async { try? await cluster.handOver(to: node) }

    func add(_ node: Int) async throws(MembershipRefusal) -> UInt64 {
        guard let member = await member(node) else { throw .noMember }
        let peers = peers(of: member)
        // One that was asked in before goes on as what it is.
        if let known = try await members().first(where: { $0.peers == peers }) { return known.id.number }
        return try await told { () async throws(EtcdError) in try await etcd.addLearner(peers).id.number }
    }

    func promote(_ id: UInt64) async throws(MembershipRefusal) {
        try await told { () async throws(EtcdError) in try await etcd.promote(EtcdMemberID(id)) }
        await voters.look()
    }

    func remove(_ id: UInt64) async throws(MembershipRefusal) {
        try await told { () async throws(EtcdError) in try await etcd.remove(EtcdMemberID(id)) }
    }

    func takeBack(_ node: Int) async throws(MembershipRefusal) {
        await passLeadership(from: node)
        try await remove(all: node)
        if node == link.file.node {
            // What its file says is found out to be otherwise at its next start all the same.
            try? await own.follow(nil)
        } else if let member = await member(node) {
            // One that is away finds out from its etcd, which ends by itself.
            _ = try? await link.caller.ask(JoinSteps.voteRoute, [:], of: member.place, within: Self.patience)
        }
    }

    /// Has another one lead before a node goes, and asks others from then on where it is this one: nothing waits for an election.
    private func passLeadership(from node: Int) async {
        guard let known = try? await etcd.members(),
            let own = known.first(where: { !$0.isLearner && EtcdVoters.node($0.name) == node }),
            let place = own.clients.lazy.compactMap(EtcdVoters.endpoint).first
        else { return }
        let others = known.filter { !$0.isLearner && $0.id != own.id && !$0.name.isEmpty }
        guard let next = others.first else { return }
        if let status = try? await etcd.status(of: place), status.leader == own.id {
            try? await etcd.passLeadership(to: next.id, by: place)
        }
        if node == link.file.node { etcd.use(others.flatMap { $0.clients.compactMap(EtcdVoters.endpoint) }) }
    }

    /// Takes out whatever etcd knows of a node: also one that was asked in and never began, which has no name yet.
    func remove(all node: Int) async throws(MembershipRefusal) {
        let told = await member(node)
        let place = told.map { peers(of: $0) }
        let found = try await members().filter { EtcdVoters.node($0.name) == node || $0.peers == place }
        for known in found { try await remove(known.id.number) }
        if !found.isEmpty { await voters.look() }
    }

    private func peers(of member: ReplicatedMember) -> [String] {
        ["https://\(EtcdEndpoint(host: member.address, port: link.file.ports.etcdMembers))"]
    }

    func learners() async throws(MembershipRefusal) -> [UInt64: Bool] {
        var found: [UInt64: Bool] = [:]
        for member in try await members() where member.isLearner {
            let endpoint = member.clients.lazy.compactMap(EtcdVoters.endpoint).first
            var answers = false
            if let endpoint { answers = (try? await etcd.status(of: endpoint)) != nil }
            found[member.id.number] = answers
        }
        return found
    }

    func start(_ node: Int, as id: UInt64) async -> Bool {
        guard let member = await member(node), let known = try? await members(),
            let authority = try? ClusterAuthorityFiles(root: link.root).read(),
            let certificates = try? await link.store.certificates()
        else { return false }
        var others: [String: JoinPlace] = [:]
        for other in known where other.id.number != id && !other.name.isEmpty {
            guard let place = other.peers.lazy.compactMap(EtcdVoters.endpoint).first else { continue }
            others[other.name] = JoinPlace(address: place.host, port: place.port)
        }
        let life = certificates.filter { $0.node == node && $0.member == member.id }.map(\.life).max() ?? 1
        // A witness lets nobody in.
        let isNode = node != ClusterStatus.Witness.number
        let order = VoteOrder(
            cluster: link.file.cluster, generation: link.file.generation, life: life, member: id, others: others,
            authority: isNode ? authority.certificate.pem : nil, authorityKey: isNode ? authority.keyPEM : nil)
        if node == link.file.node { return (try? await own.follow(order)) != nil }
        let answer = try? await link.caller.ask(
            JoinSteps.voteRoute, order.value, of: member.place, within: Self.patience)
        return answer != nil
    }

    private func member(_ node: Int) async -> ReplicatedMember? {
        (try? await link.store.members())?.first { $0.node == node }
    }

    private func members() async throws(MembershipRefusal) -> [EtcdMember] {
        try await told { () async throws(EtcdError) in try await etcd.members() }
    }

    private func told<Answer>(
        _ work: () async throws(EtcdError) -> Answer
    ) async throws(MembershipRefusal) -> Answer {
        do throws(EtcdError) {
            return try await work()
        } catch {
            throw MembershipRefusal(reading: "\(error)")
        }
    }
}

extension ReplicatedMember {
    /// Where it answers other members.
    var place: PeerAddress { PeerAddress(node: node, address: address, port: peerPort) }
}
