import Access
import ClusterLog
import EtcdStore
import JobEngine
import Logging
import PeerLink
import Replication
import SQLiteStore
import Synchronization

/// Has this node come into a generation of the log that began without it: on another node, by `confd cluster recover`.
///
/// It hears of one from other members, and of those that it follows already from its own log. Its etcd of before is ended and
/// put aside, so that its vote counts for nothing any more; it is given one of the new generation as any node is.
final class GenerationWatch: Sendable {
    /// How long others may take to say what they have.
    private static let patience = Duration.seconds(2)
    private static let pace = Duration.seconds(2)

    private let link: NodeLink
    private let log: NodeLog
    private let logger: Logger
    private let time = SystemTimeSource()
    private let state = Mutex(State())

    private struct State {
        /// Whether everybody was asked once.
        var hasAsked = false
        /// Whether a generation was entered right before: an etcd of the former one may have been about to start.
        var hasEntered = false
        /// Who is asked next while all is well.
        var turn = 0
    }

    init(_ log: NodeLog, _ logger: Logger) {
        (link, self.log, self.logger) = (log.link, log, logger)
    }

    /// Whether this node may decide as far as generations go: votes of a former one may be many, and others may have gone on
    /// without them. Who does not answer then cannot tell.
    var mayDecide: Bool { state.withLock { $0.hasAsked } }

    /// Looks until the task is cancelled.
    func run() async {
        if link.file.isEtcdExternal { return state.withLock { $0.hasAsked = true } }
        // One that was killed when it had written down that it has no vote, and before its etcd was away.
        if !link.file.isVoter { await putAside() }
        while !Task.isCancelled {
            await look()
            state.withLock { $0.hasAsked = true }
            await time.sleep(until: time.monotonic + Self.pace)
        }
    }

    private func look() async {
        let (followed, file) = (log.member.board.view.generation, link.file)
        let hasEntered = state.withLock { state in
            defer { state.hasEntered = false }
            return state.hasEntered
        }
        if hasEntered, !file.isVoter {
            log.ownEtcd.stop()
            await putAside()
        }
        // Its own log has told, by a member of etcd that is of the new generation.
        if followed > file.generation { return await enter(followed, at: []) }
        let asked = await NodeStanding.ask(all: await peers(), by: link.caller, within: Self.patience)
        guard let newest = asked.max(by: { $0.generation < $1.generation }) else { return }
        if newest.generation > link.file.generation {
            await enter(newest.generation, at: newest.etcd)
        } else if newest.generation == link.file.generation, !link.file.isVoter, isBehind {
            // It has the list of an etcd that is no more.
            if await begins(newest.generation, at: newest.etcd) { use(newest.etcd) }
        }
    }

    /// Everybody while this node knows nothing new; one after the other while all is well.
    private func peers() async -> [PeerAddress] {
        let file = link.file
        let known = await link.store.nodes().map(\.place)
        let all = (known + file.others.filter { other in !known.contains { $0.node == other.node } })
            .filter { $0.node != file.node && $0.node != ClusterStatus.Witness.number }.sorted { $0.node < $1.node }
        let isBehind = isBehind
        let turn = state.withLock { state -> Int? in
            if isBehind || !state.hasAsked { return nil }
            state.turn += 1
            return state.turn
        }
        guard let turn, !all.isEmpty else { return all }
        return [all[turn % all.count]]
    }

    private var isBehind: Bool { !log.member.isMaster && log.member.board.isBehind(at: time.monotonic) }

    /// The word of a node is not enough to give up a vote: the etcd it names has to be that of the new generation.
    private func begins(_ generation: Int, at places: [JoinPlace]) async -> Bool {
        guard !places.isEmpty, let credentials = try? link.identity.etcdCredentials() else { return false }
        let client = EtcdClient(places.map(Self.endpoint), credentials: credentials)
        let keys = LogKeys(cluster: link.file.cluster, generation: generation)
        var format: LogFormat?
        for _ in places where format == nil {
            let answer = try? await client.transact(Transaction(success: [.get(keys.format)]))
            format = answer?.found.first?.first.flatMap { LogFormat($0.value) }
        }
        await client.close()
        return format?.generation == generation
    }

    private func enter(_ generation: Int, at places: [JoinPlace]) async {
        if !places.isEmpty {
            guard await begins(generation, at: places) else { return }
        }
        logger.warning(
            "the log of the cluster goes on in another generation, without the etcd of this node",
            metadata: ["generation": "\(generation)", "before": "\(link.file.generation)"])
        do throws(MemberFileFault) {
            try link.change { ($0.generation, $0.isVoter) = (generation, false) }
        } catch {
            return logger.error("the new generation cannot be written down", metadata: ["cause": "\(error)"])
        }
        log.ownEtcd.stop()
        state.withLock { $0.hasEntered = true }
        if !places.isEmpty { use(places) }
        await putAside()
    }

    private func use(_ places: [JoinPlace]) { log.etcd.use(places.map(Self.endpoint)) }

    private func putAside() async {
        let folder = EtcdFolder(root: link.root)
        do throws(EtcdRefusal) {
            if let place = try await folder.putAside(before: link.file.generation, into: link.asidePath) {
                logger.notice("the former etcd of this node is put aside", metadata: ["folder": "\(place)"])
            }
        } catch {
            logger.error("the former etcd of this node cannot be put aside", metadata: ["cause": "\(error)"])
        }
    }

    private static func endpoint(_ place: JoinPlace) -> EtcdEndpoint {
        EtcdEndpoint(host: place.address, port: place.port)
    }
}

extension NodeLog {
    /// What this node has, for others that ask.
    func standing() async -> NodeStanding? {
        guard let standing = try? await link.store.standing() else { return nil }
        let file = link.file
        let members = (try? await link.store.members()) ?? []
        // One that begins a generation has its etcd, whatever the votes were before.
        let votes = file.isVoter ? voters.nodes.union([file.node]) : voters.nodes
        var own = NodeStanding(
            node: file.node, generation: max(file.generation, member.board.view.generation),
            place: standing.applied.place, revision: standing.revision, revisedAt: standing.revisedAt,
            nextNumber: standing.nextNumber)
        own.etcd = members.filter { votes.contains($0.node) }.sorted { $0.node < $1.node }.compactMap {
            JoinPlace(address: $0.address, port: file.ports.etcdClients)
        }
        return own
    }
}
