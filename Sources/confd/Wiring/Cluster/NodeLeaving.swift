import Access
import EXAConf
import JobEngine
import PeerLink
import Replication

/// Has this node leave its cluster: another one decides, which takes it out, and then it is in none.
///
/// The configuration it is to have is written down before anybody is asked, so that whatever ends the daemon on the way, the
/// next start either finds a member or an installation of one node.
struct NodeLeaving {
    private static let patience = Duration.seconds(120)
    private static let answer = Duration.seconds(90)
    private static let election = Duration.seconds(30)
    private static let pause = Duration.milliseconds(200)

    let log: NodeLog
    let scheduler: JobScheduler
    let notice: DepartureNotice
    private let time = SystemTimeSource()

    init(_ log: NodeLog, scheduler: JobScheduler, notice: DepartureNotice) {
        (self.log, self.scheduler, self.notice) = (log, scheduler, notice)
    }

    private var node: Int { log.own.node }

    /// - Returns: What was done, a sentence each; the node is in no cluster then, and its daemon has to end.
    /// - Throws: ``JobError``; the node is a member still, or nobody knows.
    func run() async throws(JobError) -> [String] {
        let status = await log.cluster.latest()
        let isLast = status.members.count <= 1
        if isLast, status.witness != nil {
            throw JobError(
                .unsupported,
                "Node \(node) is the last node of this cluster, which has a witness still: remove that first (confd cluster "
                    + "remove \(ClusterStatus.Witness.name)).")
        }
        let document = scheduler.configuration.document
        let use = NodeUse(of: node, in: document)
        if !isLast, let refusal = use.refusal(of: node, among: NodeChannel.voteMembers(log), isSpared: true) {
            throw refusal
        }
        try keep(Self.configuration(document, of: node))
        var texts: [String] = []
        do throws(JobError) {
            if !isLast {
                try await handOver()
                texts = try await ask()
            }
        } catch {
            // One nobody has heard of stays what it is; of any other the next look at other nodes tells.
            if error.code != .internal { try keep(nil) }
            throw error
        }
        do throws(MemberFileFault) {
            try log.link.forget()
        } catch {
            throw JobError(.internal, error.description)
        }
        return texts + ["node \(node) is an installation of its own now, and stopped"]
    }

    /// The configuration of a node alone: no other node is in it. What names others, such as the lists of nodes of volumes,
    /// stays.
    static func configuration(_ document: Document, of node: Int) throws(JobError) -> [UInt8] {
        var own = document
        do throws(EXAConfError) {
            for other in document.nodes.compactMap(\.id) where other != node { try own.removeNode(other, force: true) }
            try own.setState(nil, node: node)
            try own.set("Checksum", to: "COMMIT", in: .global)
        } catch {
            throw JobError(.internal, "EXAConf of node \(node) alone cannot be made: \(error.message)")
        }
        return Array(own.text.utf8)
    }

    private func keep(_ configuration: [UInt8]?) throws(JobError) {
        do throws(MemberFileFault) {
            try log.link.folder.write(leaving: configuration)
        } catch {
            throw JobError(.objectBusy, error.description)
        }
    }

    // MARK: Another one decides

    private func handOver() async throws(JobError) {
        let status = log.cluster.status
        guard status.isMaster else { return }
        let suspended = scheduler.clusterStatus().suspended
        let ready = status.members.filter {
            $0.key != node && $0.value.isPresent && $0.value.isReady && !suspended.contains($0.key)
        }
        let order = ready.sorted { ($0.value.isVoter ? 0 : 1, $0.key) < ($1.value.isVoter ? 0 : 1, $1.key) }
        guard let next = order.first?.key else {
            throw JobError(
                .objectBusy, "Node \(node) decides, and no other node is ready to: none of them can take over.")
        }
        try await log.cluster.handOver(to: next)
    }

    private var master: PeerAddress? {
        let status = log.cluster.status
        guard let master = status.master, master.node != node, let member = status.members[master.node] else {
            return nil
        }
        return PeerAddress(node: master.node, address: member.address, port: member.peerPort)
    }

    private var others: [PeerAddress] {
        log.cluster.status.members.sorted { $0.key < $1.key }.filter { $0.key != node }.map { node, member in
            PeerAddress(node: node, address: member.address, port: member.peerPort)
        }
    }

    /// Asks whoever decides until it is heard: a question that was cut off may have been.
    private func ask() async throws(JobError) -> [String] {
        let (end, election) = (time.monotonic + Self.patience, time.monotonic + Self.election)
        var wasAsked = false
        while time.monotonic < end, !Task.isCancelled {
            guard let master else {
                if !wasAsked, time.monotonic > election {
                    throw JobError(.noMaster, "Nobody decides now: the node leaves when somebody does. Try again.")
                }
                await time.sleep(until: time.monotonic + Self.pause)
                continue
            }
            do throws(PeerFault) {
                wasAsked = true
                return try await MemberRemoval.ask(log.link.caller, master, within: Self.answer)
            } catch {
                if await notice.ask(others) != nil { return [] }
                switch error.code {
                case .refused: throw JobError(.objectBusy, error.message)
                case .unknownRoute:
                    throw JobError(.unsupported, "Node \(master.node) has a version that lets no node leave by itself.")
                default: await time.sleep(until: time.monotonic + Self.pause)
                }
            }
        }
        throw JobError(
            .internal,
            "Whether node \(node) has left is not known: no answer came. Look at 'confd cluster status' of another "
                + "node, and try again if it is a member there.")
    }
}
