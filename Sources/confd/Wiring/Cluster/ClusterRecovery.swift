import Access
import ClusterLog
import EXAConf
import EtcdStore
import JobEngine
import Logging
import NodeAgent
import PeerLink
import Replication
import SQLiteStore
import Values

/// Begins a generation of the cluster's log on this node, whose daemon is stopped: a new etcd of one member, behind what the
/// store of this node has. The caller holds the installation's lock.
///
/// The file of the member is written last: whoever is killed before runs it again, and another node has seen nothing.
struct ClusterRecovery {
    /// How long other nodes may take to say what they have.
    private static let patience = Duration.seconds(4)
    /// How long an etcd that is well may take to answer.
    private static let settling = Duration.seconds(20)
    private static let catchingUp = Duration.seconds(60)
    private static let pace = Duration.milliseconds(100)

    /// What was found out, before anything is changed.
    struct Outlook: Sendable {
        let plan: RecoveryPlan
        /// Whether more than half of the votes answer.
        let isAlive: Bool
        /// What the cluster is called.
        let name: String
    }

    /// What the operator knows beside what the nodes say.
    struct Known: Sendable {
        /// The highest revision there ever was.
        var revision = 0
        /// The highest number of a job there ever was.
        var job = 0
    }

    private let settings: DaemonSettings
    private let installation: Installation
    private let store: SQLiteStore
    private let link: NodeLink
    private let etcd: NodeEtcd
    private let time = SystemTimeSource()

    /// - Throws: ``Failure`` for a node that is in no cluster, or in one whose log is in an etcd that is not the nodes' own.
    init(
        _ settings: DaemonSettings, _ installation: Installation, store: SQLiteStore, logger: Logger
    ) async throws(Failure) {
        (self.settings, self.installation, self.store) = (settings, installation, store)
        guard let link = try NodeLink.member(of: installation, store, logger) else {
            throw Failure("This node is in no cluster: there is nothing to recover. Start the daemon.", .badData)
        }
        self.link = link
        do throws(Failure) {
            guard !link.file.isEtcdExternal else {
                throw Failure(
                    "The log of this cluster is in an external etcd: put that back from its own backup ('etcdctl snapshot').",
                    .badSettings)
            }
            try await RemovedNode(link).require()
            etcd = try NodeEtcd(link.identity, settings: settings, logger: logger)
        } catch {
            await link.caller.close()
            throw error
        }
    }

    /// Does all of it, and ends what it started.
    ///
    /// - Parameters:
    ///   - confirm: Shown what was found out; throws when it is not to be done.
    /// - Returns: What was done, a sentence each.
    /// - Throws: ``Failure``.
    func run(
        for purpose: RecoveryPlan.Purpose, knowing known: Known, confirm: @Sendable (Outlook) throws(Failure) -> Void
    ) async throws(Failure) -> [String] {
        // Awaited below: what etcd was started has ended before this returns.
        let carrying = Task { [etcd] in await etcd.run() }
        let outcome: Result<[String], Failure>
        do throws(Failure) {
            let outlook = try await look(for: purpose)
            if let refusal = outlook.plan.refusal(of: purpose, isAlive: outlook.isAlive) {
                throw Failure(outlook.plan.lines.joined(separator: "\n") + "\n\(refusal)", .unavailable)
            }
            try confirm(outlook)
            outcome = .success(try await begin(outlook, purpose, knowing: known))
        } catch {
            outcome = .failure(error)
        }
        etcd.close()
        await carrying.value
        await link.caller.close()
        return try outcome.get()
    }

    // MARK: Looking

    private func look(for purpose: RecoveryPlan.Purpose) async throws(Failure) -> Outlook {
        let level = try await kept { () async throws(StoreError) in try await store.level() }
        guard Version.levels.contains(level) else {
            throw Failure(
                "The cluster is at level \(level) of the log, and this version knows \(Version.levels.lowerBound) to "
                    + "\(Version.levels.upperBound): it could not decide in the generation it began. Install the version of before.",
                .unavailable)
        }
        // Its list of members is where etcd is asked; those of the store may be newer than those of the file.
        let voters = EtcdVoters(link, etcd.client, external: [])
        let members = try await nodes()
        if purpose == .newEtcd, link.file.isVoter {
            try await told { () async throws(PeerFault) in try await etcd.start(link.etcdPlan) }
        }
        let peers = members.map(\.place).filter { $0.node != link.file.node }
        let others = await NodeStanding.ask(all: peers, by: link.caller, within: Self.patience)
        let generation = await generation(of: voters, waiting: purpose == .newEtcd)
        let own = try await own()
        if let generation, generation > own.generation {
            throw Failure(
                "An etcd of generation \(generation) answers, and this node is of generation \(own.generation): start the daemon "
                    + "here (systemctl start confd), and it follows.", .unavailable)
        }
        let head = try await kept { () async throws(StoreError) in try await store.open().head }
        let document = try installation.settled(beside: head).document
        return Outlook(
            plan: RecoveryPlan(own: own, others: others, members: Set(members.map(\.node))),
            isAlive: generation == own.generation, name: document.global.clusterName ?? "exa1")
    }

    /// The witness has a vote and nothing to recover from.
    private func nodes() async throws(Failure) -> [ReplicatedMember] {
        let members = try await kept { () async throws(StoreError) in try await store.members() }
        return members.filter { $0.node != ClusterStatus.Witness.number }
    }

    private func own() async throws(Failure) -> NodeStanding {
        let standing = try await kept { () async throws(StoreError) in try await store.standing() }
        return NodeStanding(
            node: link.file.node, generation: link.file.generation, place: standing.applied.place,
            revision: standing.revision, revisedAt: standing.revisedAt, nextNumber: standing.nextNumber)
    }

    /// That of an etcd that answers for more than half of its members; `nil` when none does.
    private func generation(of voters: EtcdVoters, waiting: Bool) async -> Int? {
        let keys = LogKeys(cluster: link.file.cluster, generation: link.file.generation)
        let end = time.monotonic + Self.settling
        while true {
            // One after the other: each that does not answer has the next one asked.
            for _ in 0...link.file.others.count {
                let answer = try? await etcd.client.transact(Transaction(success: [.get(keys.format)]))
                guard let found = answer?.found.first?.first, let format = LogFormat(found.value) else { continue }
                return format.generation
            }
            guard waiting, time.monotonic < end, !Task.isCancelled else { return nil }
            await voters.look()
            await time.sleep(until: time.monotonic + Self.pace)
        }
    }

    // MARK: Beginning

    private func begin(
        _ outlook: Outlook, _ purpose: RecoveryPlan.Purpose, knowing known: Known
    ) async throws(Failure) -> [String] {
        let (plan, file) = (outlook.plan, link.file)
        if purpose == .newEtcd { try await endFormer() }
        etcd.stop()
        let aside = try await refused { () async throws(EtcdRefusal) in
            try await EtcdFolder(root: link.root).putAside(before: .max, into: link.asidePath)
        }
        let identity = EtcdIdentity(
            cluster: file.cluster, generation: plan.generation, node: file.node, life: file.life)
        var member = EtcdMemberPlan(
            identity, address: file.address, clientPort: file.ports.etcdClients, peerPort: file.ports.etcdMembers)
        member.isSecluded = true
        etcd.client.use([member.clients])
        try await told { () async throws(PeerFault) in
            try await etcd.start(member)
            try await etcd.answers(member)
        }
        let suspended = purpose == .newEtcd ? [] : plan.silent
        let format = try await format(plan, purpose, knowing: known, suspending: suspended)
        let begun: LogFormat
        do throws(EtcdError) {
            begun = try await etcd.client.begin(format, cluster: file.cluster)
        } catch {
            throw Failure("What the log begins with cannot be written: \(error). Run this again.", .unavailable)
        }
        guard begun == format else {
            throw Failure("The new etcd has the log of somebody else. Run this again.", .unavailable)
        }
        // From here on it is in force: the next start of the daemon has the etcd listen to others.
        do throws(MemberFileFault) {
            try link.change { ($0.generation, $0.isVoter) = (plan.generation, true) }
        } catch {
            throw Failure(error)
        }
        let hasAuthority = (try? ClusterAuthorityFiles(root: link.root).read()) != nil
        return RecoveryTexts.done(
            outlook, behind: format.base.index, suspended, aside: aside, hasAuthority: hasAuthority)
    }

    /// - Returns: What the generation begins with; the state of this node is at that place.
    private func format(
        _ plan: RecoveryPlan, _ purpose: RecoveryPlan.Purpose, knowing known: Known, suspending nodes: [Int]
    ) async throws(Failure) -> LogFormat {
        if purpose == .newEtcd {
            let place = try await kept { () async throws(StoreError) in try await store.applied().place }
            return LogFormat(generation: plan.generation, base: place)
        }
        let revision = max(plan.revision, known.revision)
        if revision > plan.own.revision { try await raise(to: revision) }
        let number = max(plan.nextNumber, known.job + 1)
        return try await kept { () async throws(StoreError) in
            try await store.begin(
                generation: plan.generation, of: link.file.cluster, fromNumber: number, suspending: nodes,
                on: link.file.node)
        }
    }

    /// The configuration of this node as a revision with a number somebody else gave out: the next one is above it.
    private func raise(to number: Int) async throws(Failure) {
        let head = try await kept { () async throws(StoreError) in try await store.open().head }
        guard let head else { throw Failure("The store of this node has no revision.", .badData) }
        guard let document = try? Document(parsing: Array(head.text.utf8)),
            let draft = DraftRevision(document, number: number, forced: true)
        else { throw Failure("The configuration of revision \(head.number) cannot be read.", .badData) }
        let record = draft.record(
            job: nil, user: Principal.rootName, reason: "confd cluster recover",
            at: Timestamp(milliseconds: Int(time.now)))
        try await kept { () async throws(StoreError) in
            try await store.apply(StoreWrite(revision: record, after: head))
        }
    }

    // MARK: An etcd that is well

    /// Has nobody decide any more by the etcd there is, and this node have all that was decided.
    private func endFormer() async throws(Failure) {
        let file = link.file
        let members = try await nodes()
        guard let own = members.first(where: { $0.node == file.node }) else {
            throw Failure("The store of this node does not have it as a member.", .badData)
        }
        let name = MasterKey(
            node: file.node, address: own.address, port: own.port, since: Timestamp(milliseconds: Int(time.now)))
        let tail: LogPlace
        do throws(EtcdError) {
            tail = try await etcd.client.end(LogKeys(cluster: file.cluster, generation: file.generation), by: name)
        } catch {
            throw Failure("The log cannot be brought to its end: \(error). Run this again.", .unavailable)
        }
        try await follow(to: tail, among: members, as: own)
    }

    private func follow(
        to tail: LogPlace, among members: [ReplicatedMember], as own: ReplicatedMember
    ) async throws(Failure) {
        var told = MemberSettings(
            node: own.node, cluster: link.file.cluster, members: Set(members.map(\.node)), address: own.address,
            port: own.port)
        (told.version, told.leaseLifetime) = (Version.text, settings.leaseLifetime)
        let ports = MemberPorts(etcd: etcd.client, state: store, peers: link.peers, time: time)
        let settled = told
        let member = try await kept { () async throws(StoreError) in try await ClusterMember(settled, ports) }
        await member.follow(members: told.members, suspended: [], rank: 0, isReady: false)
        let end = time.monotonic + Self.catchingUp
        await withDiscardingTaskGroup { [time] group in
            group.addTask { await member.run() }
            while member.board.view.applied.index < tail.index, time.monotonic < end, !Task.isCancelled {
                await time.sleep(until: time.monotonic + Self.pace)
            }
            member.stop()
        }
        let place = try await kept { () async throws(StoreError) in try await store.applied().place }
        guard place == tail else {
            throw Failure(
                "This node does not come to entry \(tail.index), the last one of the log: it is at entry \(place.index). Nobody "
                    + "decides until this was run again, here or on a node that has everything.", .notYet)
        }
    }

    // MARK: Errors

    private func kept<Answer: Sendable>(
        _ work: () async throws(StoreError) -> Answer
    ) async throws(Failure) -> Answer {
        do throws(StoreError) {
            return try await work()
        } catch {
            throw Failure("\(error)", .ioError)
        }
    }

    private func told(_ work: () async throws(PeerFault) -> Void) async throws(Failure) {
        do throws(PeerFault) {
            try await work()
        } catch {
            throw Failure(error.message, .unavailable)
        }
    }

    private func refused<Answer>(_ work: () async throws(EtcdRefusal) -> Answer) async throws(Failure) -> Answer {
        do throws(EtcdRefusal) {
            return try await work()
        } catch {
            throw Failure("\(error)", .unavailable)
        }
    }
}
