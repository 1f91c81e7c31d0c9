import Access
import EXAConf
import JobEngine
import PeerLink
import Replication
import Synchronization
import Values
import Waiting

/// Takes members out of the cluster, on the node that decides: one after the other.
///
/// A vote is taken back before the member goes, since nobody knows of it afterwards. In the entry of the revision without the node
/// its certificates are taken back, and what it was invited with.
final class MemberRemoval: Sendable {
    private static let route = "leave"

    private let log: NodeLog
    private let scheduler: JobScheduler
    private let time = SystemTimeSource()
    private let turns = Turns()
    private let state = Mutex<Set<Int>>([])

    init(_ log: NodeLog, _ scheduler: JobScheduler) { (self.log, self.scheduler) = (log, scheduler) }

    /// Nodes that are on their way out: they are given no vote.
    var leaving: Set<Int> { state.withLock { $0 } }

    /// Takes a member out; it need not answer.
    ///
    /// - Parameter isSpared: Whether it is refused while databases or volumes live there; otherwise they are gone with it.
    /// - Returns: What was done, and what the cluster bears now.
    /// - Throws: ``JobError``.
    func remove(
        _ node: Int, unlessUsed isSpared: Bool, by principal: Principal, asking origin: JobRecord.Request
    ) async throws(JobError) -> [String] {
        await turns.begin()
        defer { turns.end() }
        state.withLock { _ = $0.insert(node) }
        defer { state.withLock { _ = $0.remove(node) } }
        let status = await log.cluster.latest()
        guard status.isMaster else { throw JobError(.noMaster, "This node does not decide: ask the one that does.") }
        guard node != status.ownNode else {
            throw JobError(.unsupported, "Node \(node) decides now: have another one decide first (master_change).")
        }
        let document = scheduler.configuration.document
        let use = NodeUse(of: node, in: document)
        let members = NodeChannel.voteMembers(log)
        // One that was invited and never came is in the configuration alone.
        let hasJoined = document.node(id: node) == nil || members.contains { $0.node == node }
        if hasJoined, let refusal = use.refusal(of: node, among: members, isSpared: isSpared) { throw refusal }
        let jobs = ClusterJobs(scheduler)
        if let entry = document.node(id: node), !entry.state.isEmpty || suspended.contains(node) {
            // What says in EXAConf that it is back would be waited for on it, and who never came never has it.
            if !suspended.contains(node), members.contains(where: { $0.node == node }) {
                try await jobs.run("node_suspend", ["nid": .int(node)], by: principal, asking: origin)
            }
            // One that is suspended is not removed. It may be waited for a moment, by nothing but what is sent in it.
            let enables: [String: Value] = entry.state == "deactivated" ? ["enable": true] : [:]
            try await jobs.run(
                "node_resume", ["nid": .int(node)].merging(enables) { $1 }, by: principal, asking: origin)
        }
        let isWitness = node == ClusterStatus.Witness.number
        if isWitness ? status.witness?.isVoter == true : status.members[node]?.isVoter == true {
            try await takeBack(node)
        } else if !status.isEtcdExternal {
            // On its way to a vote it would be in the way of the next one; whether etcd answers does not matter here.
            _ = try? await EtcdVotes(log).remove(all: node)
        }
        var texts: [String] = []
        if document.node(id: node) != nil {
            var parameters: [String: Value] = ["nid": .int(node)]
            if use.isListed { parameters["force"] = true }
            let ended = try await jobs.run("node_remove", parameters, by: principal, asking: origin)
            texts.append("node \(node) was removed by job \(ended.id)")
        } else {
            try await record(node)
            texts.append("\(ClusterStatus.words(of: node)) was removed")
        }
        if !isSpared, let loss = use.loss { texts.append(loss) }
        return texts + [NodeChannel.sentence(log, without: node)]
    }

    private var suspended: Set<Int> { scheduler.clusterStatus().suspended }

    /// etcd changes its members once in some seconds.
    private static let (settling, pause) = (Duration.seconds(20), Duration.milliseconds(500))

    private func takeBack(_ node: Int) async throws(JobError) {
        let end = time.monotonic + Self.settling
        while true {
            do throws(MembershipRefusal) {
                return try await EtcdVotes(log).takeBack(node)
            } catch {
                // The member that was asked may be the one that goes: the next one knows what came of it.
                guard error.mayPass, time.monotonic < end, !Task.isCancelled else {
                    throw JobError(
                        .internal, "etcd does not let \(ClusterStatus.words(of: node)) go: \(error). Try again.")
                }
            }
            await time.sleep(until: time.monotonic + Self.pause)
        }
    }

    /// One that no configuration speaks of.
    private func record(_ node: Int) async throws(JobError) {
        let now = Timestamp(milliseconds: Int(time.now))
        do throws(StoreError) {
            try await log.store.record(Departure.records(of: node, at: now, by: nil), audit: [])
        } catch {
            throw JobError(error)
        }
    }

    // MARK: Asked by the node itself

    /// How a member asks to go; nobody can ask for another one.
    var peerRoute: PeerRoute {
        PeerRoute(Self.route, questionLimit: 1 << 10) { [self] question throws(PeerFault) in
            guard let node = question.node else { throw PeerFault(.stranger, "Only a node may ask this.") }
            guard log.cluster.status.isMaster else { throw PeerFault(.lowerTerm, "This node does not decide.") }
            do throws(JobError) {
                let origin = JobRecord.Request(dialect: "internal", address: "")
                let texts = try await remove(node, unlessUsed: true, by: .schedule, asking: origin)
                return .value(["texts": .strings(texts)])
            } catch {
                throw PeerFault(error.code == .noMaster ? .lowerTerm : .refused, error.message)
            }
        }.alsoForWitness
    }

    /// Asks the node that decides to take this one out.
    ///
    /// - Throws: ``PeerFault``.
    static func ask(_ caller: any PeerCaller, _ master: PeerAddress, within limit: Duration) async throws(PeerFault)
        -> [String]
    {
        let answer = try await caller.ask(route, [:], of: master, within: limit)
        return (answer["texts"]?.list ?? []).compactMap(\.string)
    }
}

/// What is on a node that others would miss.
struct NodeUse {
    /// Volumes that are there and nowhere else.
    let volumes: [String]
    /// Databases that run there.
    let databases: [String]
    /// Whether any volume or database names the node.
    let isListed: Bool

    init(of node: Int, in document: Document) {
        volumes = document.volumes.filter { $0.nodes == [node] }.map(\.name).sorted()
        databases = document.databases.filter { $0.nodes.contains(node) }.map(\.name).sorted()
        isListed = !databases.isEmpty || document.volumes.contains { $0.nodes.contains(node) }
    }

    func refusal(of node: Int, among members: [Votes.Member], isSpared: Bool) -> JobError? {
        Departure.refusal(
            of: node, among: members, volumes: isSpared ? volumes : [], databases: isSpared ? databases : [])
    }

    /// What is gone with the node, a sentence.
    var loss: String? {
        let things = [("databases", databases), ("volumes", volumes)].filter { !$0.1.isEmpty }
            .map { "\($0.0) \($0.1.joined(separator: ", "))" }
        return things.isEmpty ? nil : "gone with it: \(things.joined(separator: "; "))"
    }
}
