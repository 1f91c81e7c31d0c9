package import Access
import ClusterLog
import EXAConf
package import JobEngine
import Synchronization
package import Values
import Waiting

/// The cluster as one of its members knows it: who decides, who takes part, and who is there. Names of nodes are those of the
/// configuration.
package final class MemberCluster: Cluster, Reconciler {
    package let name = "cluster"
    package let moment = ReconcilerMoment.beforeAcknowledging

    private struct State {
        var members: [Int: ReplicatedMember] = [:]
        var witness: ReplicatedMember?
        var names: [Int: String] = [:]
        var candidates = CandidateOrder()
        /// Counts what members and names were.
        var change = 0
        var kept: Kept?
        var readers = Readers<ClusterStatus>()
        var isOver = false
    }

    /// A state as it was told, and what it was made of: it is asked for with every request.
    private struct Kept {
        let status: ClusterStatus
        let view: Int
        let change: Int
        let decides: Bool
        let voters: Set<Int>
    }

    private let own: ReplicatedMember
    private let booted: Timestamp
    private let member: ClusterMember
    private let tables: any ReplicatedTables
    private let time: any TimeSource
    private let voters: @Sendable () -> Set<Int>
    private let witness: @Sendable () -> WitnessSign?
    private let isEtcdExternal: Bool
    private let ports: @Sendable (Int) -> String?
    private let state = Mutex(State())

    /// What a change of members may be behind.
    private static let pause = Duration.milliseconds(200)

    /// - Parameters:
    ///   - own: This node, which takes part also before the state says so.
    ///   - booted: When its machine was started.
    ///   - tables: Of the state of this node: who takes part.
    ///   - voters: The nodes that have a vote, as far as that is known.
    ///   - witness: What the witness answered a moment ago; `nil` when it did not.
    ///   - isEtcdExternal: Whether none can have one, as the log is in an etcd that is not the nodes' own.
    ///   - ports: Who listens on a port of this node, in words.
    package init(
        _ own: ReplicatedMember, booted: Timestamp, member: ClusterMember, tables: any ReplicatedTables,
        time: any TimeSource, isEtcdExternal: Bool = false,
        voters: @escaping @Sendable () -> Set<Int>, witness: @escaping @Sendable () -> WitnessSign? = { nil },
        ports: @escaping @Sendable (Int) -> String?
    ) {
        (self.own, self.booted, self.member, self.tables) = (own, booted, member, tables)
        (self.time, self.isEtcdExternal, self.voters, self.ports) = (time, isEtcdExternal, voters, ports)
        self.witness = witness
        state.withLock { $0.members[own.node] = own }
    }

    package func holder(ofPort port: Int) -> String? { ports(port) }

    package func reconcile(
        from former: DecidedConfiguration?, to latest: DecidedConfiguration
    ) async throws {
        var names: [Int: String] = [:]
        for node in latest.document.nodes { if let id = node.id { names[id] = node.name } }
        state.withLock { state in
            (state.names, state.candidates) = (names, CandidateOrder(latest.document))
            state.change += 1
        }
        publish()
    }

    package func handOver(to node: Int) async throws(JobError) {
        do throws(StoreError) {
            try await member.handOver(to: node)
        } catch {
            if case .deposed = error {
                throw JobError(.noMaster, "This node does not decide any more: ask the one that does.")
            }
            throw JobError(
                .objectBusy, "Node \(node) cannot take over, and node \(own.node) goes on deciding: \(error).",
                details: ["nodes": [.int(node)]])
        }
    }

    // MARK: The state

    package var status: ClusterStatus {
        let moment = member.board.moment(at: time.monotonic)
        let voters = voters()
        let (kept, members, names, change) = state.withLock { ($0.kept, $0.members, $0.names, $0.change) }
        var status: ClusterStatus
        if let kept, kept.view == moment.change, kept.change == change, kept.decides == moment.decides,
            kept.voters == voters
        {
            status = kept.status
        } else {
            // At least as new as what it is kept by.
            status = Self.status(
                of: own, member.board.view, members, names: names, booted: booted, decides: moment.decides,
                voters: voters)
            let made = Kept(
                status: status, view: moment.change, change: change, decides: moment.decides, voters: voters)
            state.withLock { $0.kept = made }
        }
        (status.age, status.decidesFor) = (moment.age, moment.decidesFor)
        status.isEtcdExternal = isEtcdExternal
        status.witness = seenWitness(voters)
        status.past = member.ports.past.missing
        status.members[own.node]?.past = status.past
        // What was known of others so long ago holds no more: nobody is sent to a node that may decide no longer. One in quarantine
        // hears of others still, and needs who decides to leave; so does one that waits for another version.
        if !moment.decides, status.quarantine == nil, !status.lacksLevel, moment.age.map({ $0 >= Vitality.old }) ?? true
        {
            (status.master, status.hasQuorum) = (nil, false)
        }
        return status
    }

    /// The state with all members this node knows of by now, for who decides by it: `status` hears of them a moment later.
    package func latest() async -> ClusterStatus {
        _ = await readMembers()
        return status
    }

    private func seenWitness(_ voters: Set<Int>) -> ClusterStatus.Witness? {
        guard let known = state.withLock({ $0.witness }) else { return nil }
        var seen = ClusterStatus.Witness(id: known.id, address: known.address)
        seen.isVoter = voters.contains(known.node)
        if let sign = witness() {
            (seen.isPresent, seen.version, seen.fault) = (true, sign.version, sign.fault)
        }
        return seen
    }

    private static func status(
        of own: ReplicatedMember, _ view: MemberView, _ members: [Int: ReplicatedMember], names: [Int: String],
        booted: Timestamp, decides: Bool, voters: Set<Int>
    ) -> ClusterStatus {
        var status = ClusterStatus(ownNode: own.node, master: nil, booted: [own.node: booted])
        // One that fences itself knows of nobody who decides.
        if let master = view.master, master.node != own.node || decides {
            status.master = ClusterStatus.Master(
                node: master.node, name: names[master.node] ?? "n\(master.node)", address: master.address,
                port: master.port)
        }
        for (id, known) in members {
            var told = ClusterStatus.Member(
                id: known.id, address: known.address, port: known.port, peerPort: known.peerPort)
            told.isVoter = voters.contains(id)
            if let present = view.present[id] {
                (told.isPresent, told.isReady) = (true, present.isReady)
                (told.version, told.applied) = (present.version, present.applied)
                told.levels = present.levels
                (told.quarantine, told.past) = (present.quarantine, present.past)
                status.booted[id] = present.booted
            }
            status.members[id] = told
        }
        status.hasQuorum = view.hasQuorum
        status.quarantine = view.doubt
        status.members[own.node]?.quarantine = view.doubt
        status.level = view.level
        status.lacksLevel = view.stop?.level != nil
        status.obstacle = view.obstacle?.description ?? view.stop.map { words(of: $0, view, own: own.node) }
        return status
    }

    /// Why this node follows no more, and where it is a matter of versions, which one to install: that of another node.
    private static func words(of stop: Follower.Stop, _ view: MemberView, own: Int) -> String {
        guard let level = stop.level else { return stop.description }
        let known = view.present.filter { $0.key != own && $0.value.levels?.contains(level) == true }
            .sorted { $0.key < $1.key }.first
        let cure = known.map { "install \($0.value.version), which node \($0.key) runs" }
        return "\(stop): \(cure ?? "install a version that knows level \(level)")"
    }

    package func changes() -> AsyncStream<ClusterStatus> {
        let now = status
        return state.withLock { state in
            let states = state.readers.add(first: now, keeping: .bufferingNewest(1))
            if state.isOver { state.readers.finish() }
            return states
        }
    }

    private func publish() {
        let now = status
        state.withLock { $0.readers.tell(now) }
    }

    // MARK: Following

    /// Tells the member who takes part and whom nobody waits for, as the state of this node has it, until the member ends.
    ///
    /// - Parameters:
    ///   - suspended: Nodes nobody waits for now.
    ///   - isReady: Whether all is here that is needed to decide.
    package func run(
        suspended: @escaping @Sendable () -> Set<Int>, isReady: @escaping @Sendable () -> Bool
    ) async {
        await take(suspended(), isReady())
        await withDiscardingTaskGroup { group in
            // A fence passes without anything being heard.
            group.addTask { await self.watch(suspended: suspended, isReady: isReady) }
            group.addTask { await self.watchMaster() }
            for await _ in member.board.views() {
                publish()
                await time.sleep(until: time.monotonic + Self.pause)
                await take(suspended(), isReady())
                publish()
            }
            group.cancelAll()
        }
        state.withLock { state in
            state.isOver = true
            state.readers.finish()
        }
    }

    /// Tells at once who decides: what waits for that is not to wait for what changes all the time.
    private func watchMaster() async {
        var former = (master: MasterKey?.none, decides: false)
        for await view in member.board.views() {
            let now = (master: view.master, decides: member.isMaster)
            if now != former { publish() }
            former = now
        }
    }

    /// Looks at what becomes another one by itself: whether this node decides, and whether it has what it needs for that.
    private func watch(
        suspended: @escaping @Sendable () -> Set<Int>, isReady: @escaping @Sendable () -> Bool
    ) async {
        var former = (isMaster: member.isMaster, isReady: isReady(), witness: witness())
        while !Task.isCancelled {
            await time.sleep(until: time.monotonic + Self.pause)
            let now = (isMaster: member.isMaster, isReady: isReady(), witness: witness())
            if now.isReady != former.isReady { await take(suspended(), now.isReady) }
            if now != former { publish() }
            former = now
        }
    }

    /// The nodes that may follow the one that decides: nobody is to wait for one that is away, or for that one itself, which is
    /// gone or goes last.
    static func contenders(_ nodes: Set<Int>, own: Int, _ view: MemberView) -> Set<Int> {
        nodes.filter { $0 == own || (view.present[$0] != nil && view.master?.node != $0) }
    }

    private func take(_ suspended: Set<Int>, _ isReady: Bool) async {
        // What cannot be read now is read with the next change.
        guard let known = await readMembers() else { return }
        let nodes = Set(known.members.keys)
        let rank = known.candidates.rank(
            of: own.node, among: Self.contenders(nodes, own: own.node, member.board.view), suspended: suspended)
        let hasWitness = known.witness.map { voters().contains($0.node) } ?? false
        await member.follow(
            members: nodes, suspended: suspended, rank: rank, isReady: isReady, hasWitness: hasWitness)
    }

    private struct Known {
        let members: [Int: ReplicatedMember]
        let witness: ReplicatedMember?
        let candidates: CandidateOrder
    }

    private func readMembers() async -> Known? {
        guard let told = try? await tables.members() else { return nil }
        var members = Dictionary(told.map { ($0.node, $0) }) { _, last in last }
        // It takes part in nothing that nodes do.
        let witness = members.removeValue(forKey: ClusterStatus.Witness.number)
        if members[own.node] == nil { members[own.node] = own }
        return state.withLock { state in
            if state.members != members || state.witness != witness {
                (state.members, state.witness) = (members, witness)
                state.change += 1
            }
            return Known(members: members, witness: witness, candidates: state.candidates)
        }
    }
}
