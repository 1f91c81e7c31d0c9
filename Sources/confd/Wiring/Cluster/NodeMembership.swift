import Access
import Application
import EXAConf
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
        let (node, job) = try await node(order, parts, principal, origin)
        let entry = engine.scheduler.configuration.document.node(id: node)
        guard let entry, let address = entry.privateNet?.address, let network = entry.section["PrivateNet"] else {
            throw JobError(.objectMissing, "EXAConf has no node \(node) with an address inside the cluster.")
        }
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
                    token: invitation.text, entry: made, node: (entry.name, network), founding: founded)
            } catch {
                guard error == .deposed, time.monotonic < end else { throw JobError(error) }
            }
            await time.sleep(until: time.monotonic + .milliseconds(100))
        }
    }

    /// The node to be, added to the configuration where it is not there.
    private func node(
        _ order: InvitationOrder, _ parts: ClusterLife.Parts, _ principal: Principal, _ origin: JobRecord.Request
    ) async throws -> (node: Int, job: JobID?) {
        let document = engine.scheduler.configuration.document
        let members = parts.log.cluster.status.members
        let known = document.nodes.first { node in
            if let address = order.address {
                return node.privateNet.map { JoinPlace.same($0.address, address) } ?? false
            }
            return node.id == order.node
        }
        if let known, let id = known.id {
            guard members[id] == nil else { throw JobError(.objectExists, "Node \(id) is a member already.") }
            return (id, nil)
        }
        guard let address = order.address else {
            throw JobError(.objectMissing, "EXAConf has no node \(order.node ?? 0): give the address of the machine.")
        }
        let own = document.node(id: parts.log.own.node)?.section["PrivateNet"] ?? ""
        let prefix = own.drop { $0 != "/" }
        var parameters: [String: Value] = ["priv_net": .string(address + (prefix.isEmpty ? "/24" : String(prefix)))]
        parameters["nid"] = order.node.map(Value.int)
        parameters["name"] = order.name.map(Value.string)
        let ended = try await run("node_add", parameters, principal, origin)
        guard let id = ended.result?.output?.int else {
            throw JobError(.internal, "Job \(ended.id) did not say which node it added.")
        }
        return (id, ended.id)
    }

    private func run(
        _ type: String, _ parameters: [String: Value], _ principal: Principal, _ origin: JobRecord.Request
    ) async throws -> JobRecord {
        let request = JobRequest(type: type, parameters: parameters, principal: principal, request: origin)
        let end = time.monotonic + Self.patience
        let job: JobRecord
        while true {
            do throws(JobError) {
                job = try await engine.scheduler.submit(request)
                break
            } catch {
                guard error.code == .noMaster, time.monotonic < end else { throw error }
            }
            await time.sleep(until: time.monotonic + .milliseconds(100))
        }
        let ended = try await engine.scheduler.wait(for: job.id, atMost: Self.patience)
        guard ended.outcome == .ok else {
            throw JobError(
                ended.errorCode ?? .internal,
                ended.result?.text ?? "Job \(job.id) has not ended yet; invite the node again when it has.")
        }
        return ended
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
        await turns.begin()
        defer { turns.end() }
        let parts = try parts
        let status = parts.log.cluster.status
        guard node != status.ownNode else {
            throw JobError(.unsupported, "Node \(node) decides now: have another one decide first (master_change).")
        }
        let document = engine.scheduler.configuration.document
        let volumes = document.volumes.filter { $0.nodes == [node] }.map(\.name)
        let databases = document.databases.filter { $0.nodes.contains(node) }.map(\.name)
        if let refusal = Departure.refusal(
            of: node, among: NodeChannel.voteMembers(parts.log), volumes: volumes, databases: databases)
        {
            throw refusal
        }
        let removed = try await run("node_suspend", ["nid": .int(node)], principal, origin)
        if status.members[node]?.isVoter == true {
            do throws(MembershipRefusal) {
                try await EtcdVotes(link: parts.log.link, etcd: parts.log.etcd, voters: parts.log.voters).takeBack(node)
            } catch {
                throw JobError(.internal, "The engine does not let node \(node) go: \(error). Try again.")
            }
        }
        let now = Timestamp(milliseconds: Int(time.now))
        do throws(StoreError) {
            try await parts.log.store.record(Departure.records(of: node, at: now, by: removed.id), audit: [])
        } catch {
            throw JobError(error)
        }
        let ended = try await run("node_remove", ["nid": .int(node)], principal, origin)
        return ["node \(node) was removed by job \(ended.id)", NodeChannel.sentence(parts.log)]
    }

    func leave(by principal: Principal, asking origin: JobRecord.Request) async throws -> [String] {
        let node = try parts.log.own.node
        throw JobError(.unsupported, "A node cannot leave by itself yet: on another one, confd cluster remove \(node).")
    }

    func comparison() async throws -> ClusterComparison {
        _ = try parts
        throw JobError(.unsupported, "Nodes are not compared by this version yet.")
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
