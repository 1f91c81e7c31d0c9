import Access
import Application
import Certificates
import ClusterLog
import EXAConf
import EtcdStore
import FoundationEssentials
import JobEngine
import Logging
import PeerLink
import Replication
import SQLiteStore
import Values
import Waiting

/// What other members can ask of this node, and what this one does for them. Nothing runs before ``run()``.
final class NodeChannel: Sendable {
    private static let pace = Duration.seconds(1)

    let link: NodeLink
    let log: NodeLog
    let runner: ClusterRunner
    let files: FileKeeper
    /// Answers in files, of this node and of others.
    let answers: PeerAnswers
    private let answerFiles: AnswerFiles
    let notes: LoginNotes
    let registry: InvitationRegistry
    let votes: VoteService
    let removal: MemberRemoval
    let levels: LevelRaising
    let dumps: NodeDumps
    let buckets: NodeBuckets
    let generations: GenerationWatch
    private let health: NodeHealth
    private let commands: CommandService
    private let witness: EtcdTerms
    private let scheduler: JobScheduler
    private let renewal: PeerCertificateRenewal
    private let issuing: CertificateIssuing
    private let audit: any AuditLog
    private let trail: any AuditTrail
    private let logger: Logger
    private let time = SystemTimeSource()

    /// - Parameters:
    ///   - agent: Does what is asked of this machine.
    ///   - idleLimit: How long a session lives unused.
    ///   - levelDelay: How long all members have to have known a level of the log before it is raised by itself.
    ///   - board: What is known of the state of the cluster.
    init(
        _ log: NodeLog, file: SQLiteFile, agent: any NodeRunner, scheduler: JobScheduler, idleLimit: Duration,
        levelDelay: Duration, board: HealthBoard, audit: any AuditLog, logger: Logger
    ) {
        let (link, time) = (log.link, SystemTimeSource())
        (self.link, self.log, self.scheduler, self.audit, self.logger) = (link, log, scheduler, audit, logger)
        trail = SQLiteAudit(file)
        generations = GenerationWatch(log, logger)
        health = NodeHealth(board, in: log)
        witness = EtcdTerms(look: TermLook(log.etcd, log.member.board, cluster: link.file.cluster))
        answerFiles = AnswerFiles(directory: link.root, time: time)
        answers = PeerAnswers(answerFiles, link.caller, in: log.cluster, time: time)
        commands = CommandService(
            agent, journal: SQLiteCommands(file), answers: answerFiles, witness: witness, time: time, logger: logger,
            master: { log.cluster.status.master?.node })
        files = FileKeeper(node: link.file.node, directory: link.root, caller: link.caller, cluster: log.cluster) {
            () async throws(StoreError) in try await link.store.files()
        }
        runner = ClusterRunner(
            agent, commands: commands, caller: link.caller, cluster: log.cluster, files: files, time: time
        ) { log.term.map { CommandTerm(generation: $0.generation, epoch: $0.epoch) } }
        notes = LoginNotes(
            log.store, sessions: SQLiteSessions(file), locks: link.store, time: time, idleLimit: idleLimit
        ) { notes in await Self.handOn(notes, log) }
        let removal = MemberRemoval(log, scheduler)
        self.removal = removal
        levels = LevelRaising(log.store, tables: link.store, time: time, delay: levelDelay) { level in
            logger.notice("another level of the log is in force", metadata: ["level": "\(level)"])
            scheduler.lookAtFormat()
        }
        buckets = NodeBuckets(log) { scheduler.clusterStatus().suspended }
        dumps = NodeDumps(link.store, files: files, scheduler: scheduler)
        let entrance = NodeEntrance(link, log: log, scheduler: scheduler)
        registry = InvitationRegistry(link.store, at: entrance, ports: PortKnocker(), time: time)
        votes = VoteService(EtcdVotes(log), master: link.file.node, time: time, logger: logger) {
            guard log.cluster.status.isMaster else { return nil }
            // What was taken back from one that goes is not given to it again meanwhile.
            let leaving = removal.leaving
            return Self.voteMembers(log).map { member in
                Votes.Member(
                    member.node, isVoter: member.isVoter, isReady: member.isReady && !leaving.contains(member.node))
            }
        }
        issuing = CertificateIssuing(
            authority: { try? ClusterAuthorityFiles(root: link.root).read() },
            member: { node in
                guard let member = (try? await link.store.members())?.first(where: { $0.node == node }) else {
                    return nil
                }
                return try? MemberIdentity(cluster: link.file.cluster, member: node, address: member.address)
            },
            revoked: { ((try? await link.store.certificates()) ?? []).compactMap(\.revoked) },
            record: { node, certificate async throws(PeerFault) in
                try await Self.record(certificate, of: node, in: log)
            })
        renewal = PeerCertificateRenewal(
            credentials: link.credentials, issuing: issuing, caller: link.caller,
            voters: {
                let members = await link.store.nodes()
                // Where nodes have no votes each of them is given the authority.
                let keepers = link.file.isEtcdExternal ? Set(members.map(\.node)) : log.voters.nodes
                return members.filter { keepers.contains($0.node) && $0.node != link.file.node }.map(\.place)
            },
            keep: { material async throws(PeerFault) in
                do throws(MemberFileFault) {
                    try link.keep(material)
                } catch {
                    throw PeerFault(.refused, error.description)
                }
            }, used: { await log.ownEtcd.renew() }, logger: logger)
    }

    /// All members as votes see them.
    static func voteMembers(_ log: NodeLog) -> [Votes.Member] {
        let end = log.member.board.view.applied.index
        let status = log.cluster.status
        let nodes = status.members.map { node, member in
            // One that has not joined to its end is not ready to decide, and may be ready to vote.
            Votes.Member(node, isVoter: member.isVoter, isReady: member.isPresent && member.applied > end - closeBehind)
        }
        let witness = status.witness.map {
            Votes.Member(ClusterStatus.Witness.number, isVoter: $0.isVoter, isReady: $0.isPresent)
        }
        return nodes + (witness.map { [$0] } ?? [])
    }

    /// So many entries a node that is to have a vote may be behind: it tells of itself every few seconds alone.
    private static let closeBehind = 50_000

    /// What the cluster bears now.
    ///
    /// - Parameter gone: A member that was just taken out, which may stand in the list still.
    static func sentence(_ log: NodeLog, standby: Int? = nil, without gone: Int? = nil) -> String {
        let status = log.cluster.status
        let members = status.members.filter { $0.key != gone }
        let witness = gone == ClusterStatus.Witness.number ? nil : status.witness
        if log.link.file.isEtcdExternal { return Votes.sentence(ofNodesOverExternalEtcd: members.count) }
        return Votes.sentence(
            nodes: members.count,
            voters: members.filter(\.value.isVoter).keys.sorted()
                + (witness?.isVoter == true ? [ClusterStatus.Witness.number] : []),
            standby: standby, hasWitness: witness != nil)
    }

    // MARK: Life

    /// Answers and asks until the task is cancelled.
    ///
    /// - Parameter serves: Whether the port for other members could be opened.
    func run() async {
        let (refusals, tell) = AsyncStream<PeerRefusal>.makeStream(bufferingPolicy: .bufferingOldest(1_000))
        let server = PeerServer(
            address: link.file.address, port: link.file.ports.nodes, credentials: link.credentials, routes: routes,
            directory: MemberDirectory(store: link.store, board: log.member.board), terms: link.terms, witness: witness,
            time: time,
            logger: logger, onRefusal: { refusal in tell.yield(refusal) })
        await withDiscardingTaskGroup { group in
            group.addTask { for await refusal in refusals { await self.note(refusal) } }
            group.addTask { await self.serve(server) }
            group.addTask { await self.commands.run() }
            // It ends when it is closed alone: what began is not broken off by the end of a connection.
            group.addTask {
                await Waiter<Void>().answer(whenCancelled: ())
                await self.commands.close()
            }
            group.addTask { await self.runner.run() }
            group.addTask { await self.notes.run() }
            group.addTask { await self.answerFiles.run() }
            group.addTask {
                guard self.link.file.isEtcdExternal else { return await self.votes.run() }
                await AuthoritySharing(self.link, self.log).run()
            }
            group.addTask { await self.buckets.run() }
            group.addTask { await self.generations.run() }
            group.addTask { await self.levels.run() }
            group.addTask { await self.health.run() }
            group.addTask { await self.renewal.run() }
            group.addTask { await self.followMembers(server) }
            group.addTask { await self.watchWitness() }
            group.addTask { await self.keepTerms() }
            group.addTask { await self.tellDoubt() }
            group.addTask { [link, log] in
                await HistoryFetch(
                    link.asking, sink: link.store, state: link.store, time: self.time, log: self.logger,
                    board: log.past, isComplete: { log.doubt == nil }
                ).run()
            }
        }
    }

    private func serve(_ server: PeerServer) async {
        while !Task.isCancelled {
            do throws(PeerFault) {
                try await server.run()
                return
            } catch {
                logger.error("other nodes are not answered", metadata: ["cause": "\(error)"])
                return
            }
        }
    }

    /// Others hear of a term of this node with the first thing it asks them: they look at etcd, and refuse whoever decided
    /// before.
    private func keepTerms() async {
        for await view in log.member.board.views() {
            guard view.mayBegin, let term = view.term else { continue }
            do throws(PeerFault) {
                try await link.terms.take(term)
            } catch {
                logger.warning("the term of this node is not kept", metadata: ["cause": "\(error)"])
            }
        }
    }

    /// Whoever reads the log of the daemon hears of it once.
    private func tellDoubt() async {
        var told: String?
        for await view in log.member.board.views() where view.doubt != told {
            told = view.doubt
            guard let doubt = view.doubt else { continue }
            logger.critical(
                "this node is in quarantine: have it leave the cluster and join again", metadata: ["cause": "\(doubt)"])
        }
    }

    /// Sees to it that this node is in the list of members, and that who is not in it any more is not answered.
    private func followMembers(_ server: PeerServer) async {
        var known: Set<String> = []
        while !Task.isCancelled {
            if log.cluster.status.isMaster { await enroll() }
            let status = log.cluster.status
            let members = Set(status.members.values.map(\.id)).union([status.witness?.id].compactMap(\.self))
            if !known.isSubset(of: members) {
                await server.review()
                await renewal.look()
            }
            known = members
            await time.sleep(until: time.monotonic + Self.pace)
        }
    }

    /// The first node of a cluster is in no list before it decides.
    private func enroll() async {
        guard let members = try? await link.store.members(), !members.contains(where: { $0.node == log.own.node })
        else { return }
        let certificate = link.credentials.certificate
        let records: [ReplicatedRecord] = [
            .certificateIssued(Self.replicated(certificate, of: log.own.node, as: log.own.id, life: link.file.life)),
            .member(log.own),
        ]
        try? await log.store.record(records, audit: [])
    }

    private static func record(
        _ certificate: Certificate, of node: Int, in log: NodeLog
    ) async throws(PeerFault) {
        try await log.store.decide(
            refusing: { PeerFault(.refused, "The certificate cannot be kept now: \($0)") }
        ) { () async throws(PeerFault) in
            // The node may have been removed while its certificate was made.
            guard let member = (try? await log.link.store.members())?.first(where: { $0.node == node }),
                let certificates = try? await log.link.store.certificates()
            else { throw PeerFault(.notMember, "Node \(node) is no member.") }
            let life = certificates.filter { $0.node == node && $0.member == member.id }.map(\.life).max() ?? 1
            return Decision(
                (), [.certificateIssued(replicated(certificate, of: node, as: member.id, life: life))])
        }
    }

    private static func replicated(
        _ certificate: Certificate, of node: Int, as member: String, life: Int
    ) -> ReplicatedCertificate {
        let milliseconds = { (date: Date) in
            Timestamp(milliseconds: Int(min(max(date.timeIntervalSince1970, 0), 253_402_300_799) * 1000))
        }
        return ReplicatedCertificate(
            serialNumber: certificate.serialNumber, node: node, member: member, life: life,
            issuedAt: Timestamp(milliseconds: Int(SystemTimeSource().now)), notAfter: milliseconds(certificate.notAfter)
        )
    }

    // MARK: Routes

    private var routes: [PeerRoute] {
        let own: [PeerRoute] = [
            registry.route,
            JoinSteps.voteRoute(master: { [log] in log.cluster.status.master?.node }) {
                [log] order async throws(PeerFault) in try await OwnVote(log).follow(order)
            },
            steps.route, files.route, noteRoute, removal.peerRoute, dumps.route, DepartureNotice.route(link.store),
            health.route, NodeStanding.route { [log] in await log.standing() }, .audit(trail), .answer(answerFiles),
            ClusterRunner.editRoute { [scheduler] text, node async throws(JobError) in
                try await scheduler.adopt(edit: text, from: node)
            },
            ClusterRunner.needRoute { [scheduler] need, node in scheduler.take(need, of: node) },
        ]
        let state = StateRoutes(link.store, spool: link.spool, time: time) { [log] in log.doubt }
        return own + runner.routes + state.all + issuing.routes(link.credentials) + buckets.routes
    }

    private var steps: JoinSteps {
        let (log, scheduler) = (log, scheduler)
        return JoinSteps(
            votes: votes.board, members: { log.cluster.status.isMaster ? Self.voteMembers(log) : nil }
        ) { node async throws(PeerFault) in
            var job: String?
            if scheduler.clusterStatus().suspended.contains(node)
                || scheduler.configuration.document.node(id: node)?.state.isEmpty == false
            {
                let request = JobRequest(
                    type: "node_resume", parameters: ["nid": .int(node)], principal: .schedule,
                    request: JobRecord.Request(dialect: "internal", address: ""))
                let ended: JobRecord
                do throws(JobError) {
                    let taken = try await scheduler.submit(request)
                    ended = try await scheduler.wait(for: taken.id, atMost: .seconds(30))
                } catch {
                    throw PeerFault(.refused, error.message)
                }
                guard ended.outcome == nil || ended.outcome == .ok else {
                    throw PeerFault(.refused, "Job \(ended.id) did not resume the node.")
                }
                job = "\(ended.id)"
            }
            let isStandby = log.cluster.status.members[node].map { !$0.isVoter } ?? false
            return JoinSteps.Welcome(job: job, sentence: Self.sentence(log, standby: isStandby ? node : nil))
        }
    }

    // MARK: Logins

    private static let notesRoute = "login-notes"

    private var noteRoute: PeerRoute {
        PeerRoute(Self.notesRoute, questionLimit: 1 << 20) { [notes] question throws(PeerFault) in
            guard question.node != nil, let list = question.body["notes"]?.list, list.count <= 1024 else {
                throw PeerFault(.malformed, "Notes on logins are expected.")
            }
            let taken = await notes.take(list.compactMap { LoginNote($0) })
            guard taken else { throw PeerFault(.refused, "This node does not decide.") }
            return .value([:])
        }
    }

    private static func handOn(_ notes: [LoginNote], _ log: NodeLog) async -> Bool {
        let status = log.cluster.status
        guard let master = status.master, !status.isMaster, let member = status.members[master.node] else {
            return false
        }
        let peer = PeerAddress(node: master.node, address: member.address, port: member.peerPort)
        let question: Value = ["notes": .list(notes.map(\.value))]
        return (try? await log.link.caller.ask(notesRoute, question, of: peer, within: .seconds(5))) != nil
    }

    private func note(_ refusal: PeerRefusal) async {
        let fields = ["reason": refusal.kind.rawValue, "count": "\(refusal.count)", "by": "other nodes"]
        await audit.record(
            AuditEvent(
                kind: .refusal, time: time.now, address: refusal.address, detail: refusal.detail, fields: fields))
    }
}
