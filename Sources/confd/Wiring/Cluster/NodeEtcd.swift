import Access
import Application
import Certificates
import EtcdStore
import Logging
import PeerLink
import Synchronization

/// The etcd of this node, as long as it has a vote.
final class NodeEtcd: Sendable {
    /// How long one may take until it answers.
    private static let patience = Duration.seconds(30)
    private static let pace = Duration.milliseconds(100)

    let link: MemberLink
    /// Asks whichever members there are.
    let client: EtcdClient
    /// Those of an etcd that is not the nodes' own; none where there is no such.
    let external: [EtcdEndpoint]
    private let settings: DaemonSettings
    private let logger: Logger
    private let time = SystemTimeSource()
    private let process = Mutex<Started?>(nil)
    /// Why none could be made, in the words for everybody.
    private let hindrance = Mutex<EtcdRefusal?>(nil)
    private let begun: AsyncStream<EtcdProcess>
    private let begin: AsyncStream<EtcdProcess>.Continuation

    /// What runs, and what etcd knows it by where it was told.
    private struct Started {
        let process: EtcdProcess
        let member: EtcdMemberID?
    }

    /// - Throws: ``Failure`` for a certificate etcd cannot be shown, and for settings that name another etcd than the cluster's.
    init(_ link: MemberLink, settings: DaemonSettings, logger: Logger) throws(Failure) {
        (self.link, self.settings, self.logger) = (link, settings, logger)
        external = try ExternalEtcd.endpoints(of: link.file, settings)
        client = EtcdClient([], credentials: try ExternalEtcd.credentials(of: link, settings))
        (begun, begin) = AsyncStream.makeStream()
    }

    /// What there is to say of it; `nil` while all is well, or where there is none.
    var finding: EtcdFinding? {
        process.withLock { $0 }?.process.condition.finding ?? hindrance.withLock { $0 }.map(EtcdFinding.refused)
    }

    /// Whether a node with a vote has an etcd that is well; nothing for one without. It never makes the node unready, as another
    /// node's may do.
    var checks: [ReadinessChecks.Check] {
        guard link.file.isVoter else { return [] }
        return [
            ReadinessChecks.Check(
                name: "etcd", isReady: true, isImpaired: finding != nil, detail: finding.map(Self.words) ?? "runs")
        ]
    }

    /// A finding for strangers, who are told no paths: those are in the log.
    private static func words(_ finding: EtcdFinding) -> String {
        switch finding {
        case .refused: "it is not started: the log of the daemon says why"
        case .ended(_, let times, _): "it ended, \(times == 1 ? "once" : "\(times) times"), and is started again"
        case .noRoom: "it ended, as there is no room on its disk"
        case .silent: "it runs, and knows no leader or does not answer"
        }
    }

    /// Has it run from now on; it is carried by ``run()``. One that runs goes on, unless others have let in another member since.
    /// One that is not ours is left alone.
    ///
    /// - Throws: `refused` when it cannot be started; the text says why.
    func start(_ plan: EtcdMemberPlan) async throws(PeerFault) {
        guard external.isEmpty else { return }
        if let former = process.withLock({ $0 }) {
            guard let wanted = plan.member, former.member != wanted, EtcdFolder(root: link.root).admitted != wanted
            else { return }
            stop()
        }
        let member = OwnMember(client: client, endpoint: plan.clients)
        let made = EtcdProcess(
            plan, root: link.root, program: settings[\.etcdPath], account: settings[\.etcdUser], member: member,
            time: time, logger: logger)
        do throws(EtcdRefusal) {
            try await made.install(link.etcdTLS)
        } catch {
            hindrance.withLock { $0 = error }
            throw PeerFault(.refused, "\(error)")
        }
        hindrance.withLock { $0 = nil }
        process.withLock { $0 = Started(process: made, member: plan.member) }
        begin.yield(made)
    }

    /// Waits until it answers.
    ///
    /// - Throws: `refused` with its finding.
    func answers(_ plan: EtcdMemberPlan) async throws(PeerFault) {
        let end = time.monotonic + Self.patience
        while time.monotonic < end, !Task.isCancelled {
            for endpoint in external.isEmpty ? [plan.clients] : external {
                if let status = try? await client.status(of: endpoint), status.leader != nil { return }
            }
            if case .refused(let refusal) = finding { throw PeerFault(.refused, "etcd is not started: \(refusal)") }
            await time.sleep(until: time.monotonic + Self.pace)
        }
        let reason = finding.map { "\($0)" } ?? "it is silent"
        let places = external.map(\.description).joined(separator: ", ")
        let which = places.isEmpty ? "etcd" : "the external etcd (\(places))"
        throw PeerFault(.refused, "\(which) does not answer: \(reason)")
    }

    /// Gives it the certificates this node has now; it takes them at the next handshake.
    func renew() async {
        do throws(EtcdRefusal) {
            try await process.withLock { $0 }?.process.install(link.etcdTLS)
        } catch {
            logger.error("etcd has the former certificate still", metadata: ["cause": "\(error)"])
        }
    }

    /// Has it end; another one leads first, if there is one.
    func stop() {
        process.withLock { process in
            process?.process.stop()
            process = nil
        }
    }

    /// Carries it. When the task is cancelled it returns, and an etcd that was not told to end goes on.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await process in begun { group.addTask { await process.run() } }
        }
        await client.close()
    }

    /// Lets ``run()`` end once what was started has ended.
    func close() {
        stop()
        begin.finish()
    }

    /// What is asked of it about itself.
    private struct OwnMember: OwnEtcd {
        let client: EtcdClient
        let endpoint: EtcdEndpoint

        func isWell() async -> Bool { (try? await client.status(of: endpoint))?.leader != nil }

        func resign() async {
            guard let status = try? await client.status(of: endpoint), status.leader == status.member,
                let other = (try? await client.members())?
                    .first(where: { !$0.isLearner && $0.id != status.member && !$0.name.isEmpty })
            else { return }
            try? await client.passLeadership(to: other.id, by: endpoint)
        }
    }
}
