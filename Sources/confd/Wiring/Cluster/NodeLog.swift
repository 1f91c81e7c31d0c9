import Access
import Certificates
import ClusterLog
import EXAConf
import EtcdStore
import JobEngine
import Logging
import NodeAgent
import PeerLink
import Posix
import Replication
import SQLiteStore
import Synchronization
import Values

/// The log of the cluster as this node follows it: its etcd, its member, and what its engine stands on. Nothing runs before
/// ``run()``.
final class NodeLog: Sendable {
    private static let leaseFile = "lease"
    private static let pause = Duration.milliseconds(500)

    let link: NodeLink
    let etcd: EtcdClient
    let ownEtcd: NodeEtcd
    let own: ReplicatedMember
    let member: ClusterMember
    let store: ReplicatedStore
    let cluster: MemberCluster
    let feed: LoginFeed
    let bucketFeed = BucketFeed()
    let voters: EtcdVoters
    /// How the witness is, where there is one.
    let witness: WitnessWatch
    /// What of the past has still to come.
    let past: PastBoard
    private let listener: Listener
    private let format: LogFormat?
    private let time = SystemTimeSource()

    /// Hears what entries did to logins, once there is somebody who wants to.
    private final class Listener: Sendable {
        let tell = Mutex<(@Sendable (LoginNews) -> Void)?>(nil)
    }

    /// - Parameters:
    ///   - link: Who this node is.
    ///   - ownEtcd: That of this node, whether it runs or not.
    ///   - port: Where this node serves clients.
    /// - Throws: ``Failure`` for a store that cannot be used.
    init(
        _ link: NodeLink, etcd ownEtcd: NodeEtcd, settings: DaemonSettings, port: Int
    ) async throws(Failure) {
        (self.link, etcd, self.ownEtcd) = (link, ownEtcd.client, ownEtcd)
        let (file, listener, past) = (link.file, Listener(), PastBoard())
        (self.listener, self.past) = (listener, past)
        own = ReplicatedMember(
            node: file.node, id: file.member, address: file.address, port: port, peerPort: file.ports.nodes,
            since: Timestamp(milliseconds: Int(time.now)))
        let booted = Machine.bootTime() ?? Timestamp(milliseconds: Int(time.now))
        voters = EtcdVoters(link, etcd, external: ownEtcd.external)
        let witness = WitnessWatch(by: link.caller, time: time)
        self.witness = witness
        feed = LoginFeed(locks: link.store) { news in listener.tell.withLock { $0 }?(news) }
        do throws(StoreError) {
            // The log of a new cluster begins behind what its first node has decided alone.
            let isFirst = file.generation == 1 && file.others.isEmpty
            // Nobody of an earlier version is there: it has all this version knows from the beginning.
            format =
                isFirst ? try? await link.store.found(cluster: file.cluster, level: Version.levels.upperBound) : nil
            var told = MemberSettings(
                node: file.node, cluster: file.cluster,
                members: Set(try await link.store.members().map(\.node))
                    .subtracting([ClusterStatus.Witness.number]).union([file.node]), address: file.address,
                port: port)
            (told.version, told.booted, told.leaseLifetime) = (Version.text, booted, settings.leaseLifetime)
            told.levels = Version.levels
            told.formerLease = Self.formerLease(link.spoolPath)
            let spool = link.spoolPath
            let ports = MemberPorts(
                etcd: etcd, state: bucketFeed.watching(feed.watching(link.store)),
                peers: bucketFeed.watching(feed.watching(link.peers)), time: time, past: past,
                keepLease: { Self.keep($0, in: spool) })
            member = try await ClusterMember(told, ports)
        } catch {
            throw Failure("\(error)", .ioError)
        }
        store = ReplicatedStore(member, state: link.store, thread: link.store.thread)
        cluster = MemberCluster(
            own, booted: booted, member: member, tables: link.store, time: time, isEtcdExternal: file.isEtcdExternal,
            voters: { [voters] in voters.nodes }, witness: { witness.sign }, ports: { PortHolder.of($0) })
    }

    /// What an engine stands on from now on; its store is wrapped by whoever measures it.
    func ground(_ wrap: (any Store) -> any Store) -> EngineGround {
        EngineGround(store: wrap(store), cluster: cluster, feed: store)
    }

    /// Has what entries do to logins told, and first how everything is.
    func tell(_ logins: LoginService) async {
        listener.tell.withLock { $0 = { logins.take($0) } }
        await feed.tellAll()
    }

    /// Why what this node has may not be what the cluster has; `nil` when it is known to be, or was a moment ago.
    var doubt: String? {
        let view = member.board.view
        if let doubt = view.doubt ?? view.stop?.description { return doubt }
        if member.isMaster || !member.board.isBehind(at: time.monotonic) { return nil }
        return "it has not known the log to be complete for \(Vitality.old.components.seconds) s"
    }

    /// The term this node decides in, `nil` while it does not.
    var term: Term? { member.isMaster ? member.board.view.term : nil }

    /// Follows the log, and takes part in elections, until the task is cancelled or ``member`` was stopped.
    ///
    /// - Parameters:
    ///   - suspended: Nodes nobody waits for now.
    ///   - isReady: Whether all is here that is needed to decide.
    func run(
        suspended: @escaping @Sendable () -> Set<Int>, isReady: @escaping @Sendable () -> Bool
    ) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.voters.run() }
            await self.writeFormat()
            group.addTask { await self.cluster.run(suspended: suspended, isReady: isReady) }
            await member.run()
            group.cancelAll()
        }
    }

    /// Starts the etcd of this node, if it has a vote.
    func startEtcd() async throws(PeerFault) {
        if link.file.isVoter { try await ownEtcd.start(link.etcdPlan) }
    }

    /// Says what the log begins with, unless somebody did.
    private func writeFormat() async {
        guard let format else { return }
        let key = LogKeys(cluster: link.file.cluster, generation: format.generation).format
        let put = Transaction(
            comparisons: [.isMissing(key)], success: [.put(key, value: format.bytes, lease: nil)])
        while !Task.isCancelled, (try? await etcd.transact(put)) == nil {
            await time.sleep(until: time.monotonic + Self.pause)
        }
    }

    // MARK: The lease of a former process

    private static func formerLease(_ folder: String) -> Int? {
        let bytes = try? Descriptor.content(of: "\(folder)/\(leaseFile)", upTo: 64)
        return bytes.flatMap { Int(String(decoding: $0, as: UTF8.self)) }
    }

    private static func keep(_ lease: Int, in folder: String) {
        // One that is not known to the next process is waited for by others until it ends by itself.
        try? Descriptor.trusted(folder).replace(leaseFile, by: Array(String(lease).utf8), mode: 0o600)
    }
}
