import Access
import EXAConf
import JobEngine
import Logging
import PeerLink
import Replication
import ServiceLifecycle
import Synchronization
import Waiting

/// The part of this node in a cluster: none, until one is founded here, or from the start on.
final class ClusterLife: Service {
    private static let pause = Duration.seconds(5)

    /// Why the daemon ends by itself.
    enum End: Sendable {
        /// The node has left, as it was told to.
        case left
        /// It is no member any more; the words are another node's.
        case removed(String)
    }

    /// What takes part.
    struct Parts: Sendable {
        let log: NodeLog
        let channel: NodeChannel
        /// `nil` where nothing is left to be done of a join.
        let join: NodeJoin?
    }

    private enum Beginning {
        case etcd(NodeEtcd)
        case parts(Parts)
    }

    private let engine: Engine
    private let stores: LoginStores
    private let logger: Logger
    private let state = Mutex<Parts?>(nil)
    private let url = Mutex("")
    private let begun: AsyncStream<Beginning>
    private let begin: AsyncStream<Beginning>.Continuation
    private let time = SystemTimeSource()
    private let ending = Waiter<End?>()
    private let isLeaving = Mutex(false)

    init(_ engine: Engine, stores: LoginStores, logger: Logger) {
        (self.engine, self.stores, self.logger) = (engine, stores, logger)
        (begun, begin) = AsyncStream.makeStream()
    }

    /// What takes part now.
    var parts: Parts? { state.withLock { $0 } }

    /// What this node serves clients by, for people; a join goes on once it is known.
    func serves(_ url: String) { self.url.withLock { $0 = url } }

    /// Has an etcd run that belongs to no part yet.
    func carry(_ etcd: NodeEtcd) { begin.yield(.etcd(etcd)) }

    /// Has the node take part; what it keeps of logins, archives and buckets goes by the log from then on.
    func take(_ parts: Parts, _ logins: LoginService) async {
        await stores.follow(parts.log, parts.channel.notes)
        logins.shareLocks(by: parts.channel.notes)
        await parts.log.tell(logins)
        parts.channel.buckets.share(engine.files)
        engine.runner.use(parts.channel.runner)
        engine.cluster.watch { [etcd = parts.log.ownEtcd] in etcd.checks }
        state.withLock { $0 = parts }
        begin.yield(.parts(parts))
    }

    // MARK: Its end

    /// Has the daemon end in order, once what is under way is answered.
    func end(_ end: End) { ending.resume(returning: end) }

    /// Returns when the daemon has to end by itself; `nil` when the task is cancelled before.
    func ends() async -> End? { await ending.answer(whenCancelled: nil) }

    /// Whether the node leaves from now on; `false` when it does, or did, already.
    func beginLeaving() -> Bool {
        isLeaving.withLock { isLeaving in
            defer { isLeaving = true }
            return !isLeaving
        }
    }

    /// Whether it leaves, or has left.
    var isLeavingNow: Bool { isLeaving.withLock { $0 } }

    /// It does not leave.
    func stay() { isLeaving.withLock { $0 = false } }

    /// What other nodes are asked whether this one was removed.
    func notice(of link: NodeLink) -> DepartureNotice {
        DepartureNotice(link.file, believing: link.credentials.material.authorities, logger: logger)
    }

    func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for await beginning in begun {
                    switch beginning {
                    case .etcd(let etcd): group.addTask { await etcd.run() }
                    case .parts(let parts): group.addTask { await self.carry(parts) }
                    }
                }
            }
        } onGracefulShutdown: {
            // Its lease ends first, then its etcd.
            self.parts?.log.member.stop()
            if self.parts == nil { self.begin.finish() }
        }
        // A service that ends before its turn would take the others down with it.
        try await gracefulShutdown()
    }

    private func carry(_ parts: Parts) async {
        let scheduler = engine.scheduler
        await withDiscardingTaskGroup { group in
            group.addTask { await self.startEtcd(of: parts.log) }
            group.addTask { await self.watchRemoval(parts.log) }
            group.addTask { await EtcdRoom(parts.log, self.logger).run() }
            group.addTask { await parts.channel.run() }
            group.addTask { await self.engine.runner.follow(parts.channel.runner) }
            group.addTask { await self.engine.cluster.follow(parts.log.cluster) }
            if let join = parts.join {
                group.addTask {
                    while !Task.isCancelled {
                        let url = self.url.withLock { $0 }
                        if !url.isEmpty { return await join.finish(parts.channel, at: url) }
                        await self.time.sleep(until: self.time.monotonic + .milliseconds(100))
                    }
                }
            }
            await parts.log.run(
                suspended: { scheduler.unawaited },
                isReady: {
                    guard parts.join?.isOver ?? true, scheduler.configuration.unread == nil,
                        parts.channel.generations.mayDecide
                    else { return false }
                    // Whom others can wait for has the files of the revision first. Where nobody decides it may do so without:
                    // that a file is nowhere to be had keeps no cluster from deciding on another one.
                    let status = parts.log.cluster.status
                    return !scheduler.isComingBack || status.master == nil || status.isMaster
                })
            logger.debug("the log is followed no more")
            group.cancelAll()
        }
        logger.debug("other nodes are answered no more")
        await parts.log.link.caller.close()
        parts.log.ownEtcd.close()
        begin.finish()
    }

    /// What keeps it from starting may pass, and changes need it.
    private func startEtcd(of log: NodeLog) async {
        var told: PeerFault?
        while !Task.isCancelled {
            do throws(PeerFault) {
                return try await log.startEtcd()
            } catch {
                // What is the same as before was said.
                if error != told { logger.error("etcd of this node is not started", metadata: ["cause": "\(error)"]) }
                told = error
                await time.sleep(until: time.monotonic + Self.pause)
            }
        }
    }
}

extension JobScheduler {
    /// Nodes nobody waits for: suspended by a job, or by the configuration, as those that were invited and have not joined.
    fileprivate var unawaited: Set<Int> {
        let passive = configuration.document.nodes.filter { ["suspended", "deactivated"].contains($0.state) }
        return clusterStatus().suspended.union(passive.compactMap(\.id))
    }
}
