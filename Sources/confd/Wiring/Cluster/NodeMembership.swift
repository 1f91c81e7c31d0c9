import Access
import Application
import EXAConf
import EtcdStore
import JobEngine
import PeerLink
import Replication
import Synchronization
import Values
import Waiting

/// How nodes come to the cluster of this node and leave it.
final class NodeMembership: ClusterMembership {
    private static let patience = Duration.seconds(30)

    private let engine: Engine
    private let life: ClusterLife
    private let founding: @Sendable () async throws -> String
    private let time = SystemTimeSource()
    /// Two at once would found two clusters, or add one node twice.
    private let turns = Turns()
    private let comparisons = Turns()

    /// - Parameter founding: Makes a cluster of this node.
    init(_ engine: Engine, _ life: ClusterLife, founding: @escaping @Sendable () async throws -> String) {
        (self.engine, self.life, self.founding) = (engine, life, founding)
    }

    // MARK: Coming

    func invite(
        _ order: InvitationOrder, by principal: Principal, asking origin: JobRecord.Request
    ) async throws -> MadeInvitation {
        await turns.begin()
        defer { turns.end() }
        let founded = life.parts == nil ? try await founding() : nil
        let parts = try parts
        if order.isWitness {
            let address = try witnessAddress(order, parts)
            let words = (name: ClusterStatus.Witness.name, network: address)
            return try await make(ClusterStatus.Witness.number, at: address, as: words, parts, founded: founded)
        }
        let (node, job) = try await node(order, parts, by: principal, asking: origin)
        let entry = engine.scheduler.configuration.document.node(id: node)
        guard let entry, let address = entry.privateNet?.address, let network = entry.section["PrivateNet"] else {
            throw JobError(.objectMissing, "EXAConf has no node \(node) with an address inside the cluster.")
        }
        return try await make(node, at: address, as: (entry.name, network), parts, by: job, founded: founded)
    }

    /// The address of a machine that can be the witness.
    private func witnessAddress(_ order: InvitationOrder, _ parts: ClusterLife.Parts) throws(JobError) -> String {
        guard let address = order.address, order.node == nil, order.name == nil else {
            throw JobError(.parameterInvalid, "A witness has an address, and neither a number nor a name.")
        }
        let status = parts.log.cluster.status
        guard !status.isEtcdExternal else {
            throw JobError(
                .unsupported,
                "No member has a vote here, a witness neither: the log is in an etcd that is not the nodes' own.")
        }
        if let witness = status.witness {
            throw JobError(
                .objectExists,
                "The cluster has a witness already, \(witness.address). Where that is gone: confd cluster remove "
                    + "\(ClusterStatus.Witness.name), and then invite another one.")
        }
        let document = engine.scheduler.configuration.document
        let nodes = document.nodes.filter { $0.privateNet.map { JoinPlace.same($0.address, address) } ?? false }
        if let node = nodes.first?.id {
            throw JobError(.objectExists, "\(address) is node \(node): a witness is a machine of its own.")
        }
        guard document.node(id: ClusterStatus.Witness.number) == nil else {
            throw JobError(
                .objectExists, "EXAConf has a node \(ClusterStatus.Witness.number), which is the number of a witness.")
        }
        // One of a former version would take it for a node that is away.
        let others = status.members
            .filter { $0.key != status.ownNode && (!$0.value.isPresent || $0.value.version != Version.text) }.keys
            .sorted()
        guard others.isEmpty else {
            throw JobError(
                .unsupported,
                "All nodes have to be there and to run \(Version.text) before there is a witness; it is otherwise with "
                    + "\(others.map { "node \($0)" }.joined(separator: ", ")).")
        }
        return address
    }

    private func make(
        _ node: Int, at address: String, as words: (name: String, network: String), _ parts: ClusterLife.Parts,
        by job: JobID? = nil, founded: String?
    ) async throws -> MadeInvitation {
        let file = parts.log.link.file
        let own = JoinPlace(address: file.address, port: file.ports.nodes)
        let others = parts.log.cluster.status.members.values.filter { $0.isPresent }
            .compactMap { JoinPlace(address: $0.address, port: $0.peerPort) }
        let places = (own.map { [$0] } ?? []) + others.filter { $0 != own }.sorted { "\($0)" < "\($1)" }
        // The first term of a new cluster begins in a moment.
        let end = time.monotonic + Self.patience
        while true {
            do throws(StoreError) {
                let invitation = try await parts.channel.registry.invite(
                    node, address: address, places: places, job: job)
                let now = Timestamp(milliseconds: Int(time.now))
                let made = InvitationEntry(
                    node: node, address: address, job: job, madeAt: now,
                    expiresAt: now.advanced(by: Invitation.validity))
                return MadeInvitation(
                    token: invitation.text, entry: made, node: words, founding: founded)
            } catch {
                guard error == .deposed, time.monotonic < end else { throw JobError(error) }
            }
            await time.sleep(until: time.monotonic + .milliseconds(100))
        }
    }

    /// The node to be, added to the configuration where it is not there.
    private func node(
        _ order: InvitationOrder, _ parts: ClusterLife.Parts, by principal: Principal, asking origin: JobRecord.Request
    ) async throws -> (node: Int, job: JobID?) {
        guard order.node != ClusterStatus.Witness.number else {
            throw JobError(
                .parameterInvalid, "\(ClusterStatus.Witness.number) stands for a witness: give the node another number."
            )
        }
        let document = engine.scheduler.configuration.document
        let members = await parts.log.cluster.latest().members
        let known = document.nodes.first { node in
            if let address = order.address {
                return node.privateNet.map { JoinPlace.same($0.address, address) } ?? false
            }
            return node.id == order.node
        }
        if let known, let id = known.id {
            guard members[id] == nil else {
                throw JobError(
                    .objectExists,
                    "Node \(id) is a member already. Where its machine is gone, or has lost its root: confd cluster remove "
                        + "\(id), and then invite it again.")
            }
            return (id, nil)
        }
        guard let address = order.address else {
            throw JobError(.objectMissing, "EXAConf has no node \(order.node ?? 0): give the address of the machine.")
        }
        let own = document.node(id: parts.log.own.node)?.section["PrivateNet"] ?? ""
        let prefix = own.drop { $0 != "/" }
        var parameters: [String: Value] = ["priv_net": .string(address + (prefix.isEmpty ? "/24" : String(prefix)))]
        // Networks are laid out so that the last part of an address is the node's number.
        let last = address.contains(":") ? nil : address.split(separator: ".").last.flatMap { Int($0) }
        let usual = last.flatMap { $0 >= 11 && document.node(id: $0) == nil ? $0 : nil }
        parameters["nid"] = (order.node ?? usual).map(Value.int)
        parameters["name"] = order.name.map(Value.string)
        let ended = try await ClusterJobs(engine.scheduler).run("node_add", parameters, by: principal, asking: origin)
        guard let id = ended.result?.output?.int else {
            throw JobError(.internal, "Job \(ended.id) did not say which node it added.")
        }
        return (id, ended.id)
    }

    func invitations() async throws -> [InvitationEntry] {
        guard let parts = life.parts else { return [] }
        return try await parts.channel.registry.invitations().map { told in
            var entry = InvitationEntry(
                node: told.node, address: told.address, job: told.job, madeAt: told.madeAt, expiresAt: told.expiresAt)
            (entry.usedAt, entry.usedFrom) = (told.use?.at, told.use?.from)
            return entry
        }
    }

    func withdraw(_ node: Int, by principal: Principal, asking origin: JobRecord.Request) async throws {
        let registry = try parts.channel.registry
        do throws(StoreError) {
            try await registry.withdraw(node)
        } catch {
            throw JobError(error)
        }
    }

    func joining(from line: Int) async -> Value? { life.parts?.join?.board.value(from: line) }

    // MARK: Going

    func remove(
        _ node: Int, by principal: Principal, asking origin: JobRecord.Request
    ) async throws -> [String] {
        try await parts.channel.removal.remove(node, unlessUsed: false, by: principal, asking: origin)
    }

    func leave(by principal: Principal, asking origin: JobRecord.Request) async throws -> [String] {
        await turns.begin()
        defer { turns.end() }
        let parts = try parts
        guard parts.join?.isOver ?? true else {
            throw JobError(
                .objectBusy, "This node is on its way into the cluster still: have it come to its end first.")
        }
        guard life.beginLeaving() else { throw JobError(.unsupported, "This node has left the cluster.") }
        let leaving = NodeLeaving(parts.log, scheduler: engine.scheduler, notice: life.notice(of: parts.log.link))
        do throws(JobError) {
            let texts = try await leaving.run()
            life.end(.left)
            return texts
        } catch {
            life.stay()
            throw error
        }
    }

    func moveVote(to node: Int, from former: Int?) async throws -> [String] {
        let parts = try parts
        guard !parts.log.link.file.isEtcdExternal else {
            throw JobError(.unsupported, "No node has a vote: the log is in an etcd that is not the nodes' own.")
        }
        guard (try? ClusterAuthorityFiles(root: parts.log.link.root).read()) != nil else {
            throw JobError(
                .unsupported,
                "Node \(parts.log.own.node) decides and never had a vote, so it has not what others need for theirs: have a node "
                    + "with a vote decide first (master_change).")
        }
        guard !parts.channel.removal.leaving.contains(node) else {
            throw JobError(.objectBusy, "Node \(node) is on its way out of the cluster, and gets no vote.")
        }
        let suspended = engine.scheduler.clusterStatus().suspended
        let move = try await parts.channel.votes.move(to: node, from: former, suspended: suspended)
        let (heir, former) = (ClusterStatus.words(of: move.node), ClusterStatus.words(of: move.former))
        var texts = ["\(heir) has the vote of \(former)"]
        if parts.log.own.node == move.former {
            texts.append(
                "node \(move.former) decides still: before it is stopped have another one do so (master_change)")
        }
        return texts + [NodeChannel.sentence(parts.log, standby: move.former)]
    }

    func levels() async throws -> ClusterLevels {
        guard let parts = life.parts else {
            // That of the cluster it would begin.
            let own = ClusterLevels.Member(
                node: engine.cluster.status.ownNode, version: Version.text, levels: Version.levels, lack: nil)
            return ClusterLevels(level: Version.levels.upperBound, next: nil, raisedAt: nil, members: [own])
        }
        return try await parts.levels(at: Timestamp(milliseconds: Int(time.now)))
    }

    func raiseLevel(to level: Int) async throws -> [String] { try await parts.raiseLevel(to: level) }

    func comparison() async throws -> ClusterComparison {
        await comparisons.begin()
        defer { comparisons.end() }
        guard let parts = life.parts else {
            // A node alone has nothing to differ from.
            return ClusterComparison(differences: [], missing: [:], entry: 0, nodes: [engine.cluster.status.ownNode])
        }
        return try await MembersComparison(parts.log, parts.channel.dumps).run()
    }

    private var parts: ClusterLife.Parts {
        get throws(JobError) {
            guard let parts = life.parts else {
                throw JobError(.unsupported, "This node is alone: confd cluster invite makes a cluster of it.")
            }
            return parts
        }
    }
}
