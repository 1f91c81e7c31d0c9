import Access
import ClusterLog
package import JobEngine
import Values
import Waiting

/// One node of a cluster: carries its election, what it knows of others, and the following of the log.
///
/// The machines decide; here is what they ask for: requests to etcd, the watch, applying to the state, alarms. All of it are
/// children of ``run()`` and end with it.
package actor ClusterMember {
    /// What is to be read by anybody at any time.
    package nonisolated let board: MemberBoard
    /// What its engine is told of what is applied.
    nonisolated let news = MemberNews()
    nonisolated let settings: MemberSettings
    nonisolated let ports: MemberPorts
    /// Its own: whoever calls it may prefer the thread of the store or of a connection, and a lease must not wait for a disk.
    nonisolated let thread = SerialThread(name: "cluster-member")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
    /// What the machines want done beside the actor.
    private nonisolated let work: AsyncStream<@Sendable () async -> Void>
    private nonisolated let assignment: AsyncStream<@Sendable () async -> Void>.Continuation

    var election: Election
    var vitality: Vitality
    var follower: Follower
    /// Which etcd of the cluster is spoken to; the follower gets there when nothing is being applied.
    var generation: Int
    var view: MemberView
    var watching = Watching()
    var looking = Looking()
    var appending = Appending()
    var catching = CatchingUp()
    var announced = Announced()
    var trimming = LogTrimming()
    /// Which place among the candidates this node has, from 0 on.
    var rank: Int
    /// Whether all is here that is needed to decide.
    var isReady = true
    var isStopped = false
    private var tickAt: Duration
    private var completeAt: Duration?
    private var alarm: (due: Duration, changed: Waiter<Void>)?

    /// How often what failed is tried again, and what may be due is looked at.
    static let tick = Duration.milliseconds(500)

    /// A member at the place its state has; ``run()`` begins to follow.
    ///
    /// - Throws: `unavailable` when the state cannot be read.
    package init(_ settings: MemberSettings, _ ports: MemberPorts) async throws(StoreError) {
        let applied = try await ports.state.applied()
        let now = ports.time.monotonic
        let generation = max(1, applied.term.generation)
        let keys = LogKeys(cluster: settings.cluster, generation: generation)
        var follower = Follower(keys: keys, levels: settings.levels, applied: applied.place, term: applied.term)
        let level = try await ports.state.level()
        // One that knows another level follows nothing from the start on: the view tells it.
        _ = follower.handle(.level(level))
        let view = MemberView(generation: generation, applied: follower.applied, level: level)
        self.settings = settings
        self.ports = ports
        self.generation = generation
        self.view = view
        board = MemberBoard(view)
        (work, assignment) = AsyncStream.makeStream()
        election = Self.election(keys, settings, by: ports.time)
        vitality = Vitality(node: settings.node, members: settings.members, at: now)
        self.follower = follower
        rank = settings.members.sorted().firstIndex(of: settings.node) ?? settings.members.count
        tickAt = now
    }

    static func election(_ keys: LogKeys, _ settings: MemberSettings, by time: any TimeSource) -> Election {
        let name = MasterKey(
            node: settings.node, address: settings.address, port: settings.port,
            since: Timestamp(milliseconds: Int(time.now)))
        return Election(keys: keys, name: name, lifetime: settings.leaseLifetime)
    }

    var now: Duration { ports.time.monotonic }
    var keys: LogKeys { LogKeys(cluster: settings.cluster, generation: generation) }

    /// Whether this node decides, by a comparison on its monotonic clock. Ask before and after each answer.
    package nonisolated var isMaster: Bool { board.isMaster(at: ports.time.monotonic) }

    // MARK: Life

    /// Takes part in the cluster until ``stop()`` was called, or the task is cancelled. Its lease ends with it, so that
    /// others need not wait; whoever waits for an append is answered. A member runs once.
    package nonisolated func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.keepTime() }
            for await work in work { group.addTask { await work() } }
            group.cancelAll()
        }
        if let lease = await end() { try? await ports.etcd.revoke(lease) }
    }

    /// Lets ``run()`` end.
    package nonisolated func stop() { assignment.finish() }

    /// - Returns: The lease to be ended.
    private func end() -> Int? {
        let lease = election.leaseID
        elect(.stopped(.leaving))
        isStopped = true
        appending.end()
        (view.isOver, view.term, view.mayBegin) = (true, nil, false)
        board.publish(view, nil, completeAt: nil)
        news.end()
        return lease
    }

    /// Gives up a term, or what may become one, so that another node decides.
    package func leave() {
        elect(.candidacy(nil))
        looking.isAhead = false
        elect(.stopped(.leaving))
        settle()
    }

    /// Takes who the members are, which of them nobody waits for, this node's place among the candidates, whether it has all
    /// that is needed to decide, and whether a witness has a vote.
    package func follow(members: Set<Int>, suspended: Set<Int>, rank: Int, isReady: Bool, hasWitness: Bool = false) {
        (vitality.members, vitality.hasWitness) = (members, hasWitness)
        vitalize(.suspended(suspended))
        (self.rank, self.isReady) = (rank, isReady)
        settle()
    }

    /// Has something done beside the actor, as a child of ``run()``.
    func begin(_ work: @escaping @Sendable () async -> Void) { assignment.yield(work) }

    /// Asks etcd beside the actor, and takes what came of it.
    func ask<Answer: Sendable>(
        _ question: @escaping @Sendable (any Etcd) async throws(EtcdError) -> Answer,
        then take: @escaping @Sendable (isolated ClusterMember, Result<Answer, EtcdError>) -> Void
    ) {
        begin { [ports] in
            let result: Result<Answer, EtcdError>
            do throws(EtcdError) {
                result = .success(try await question(ports.etcd))
            } catch {
                result = .failure(error)
            }
            await self.take(result, take)
        }
    }

    private func take<Answer: Sendable>(
        _ result: Result<Answer, EtcdError>,
        _ take: @Sendable (isolated ClusterMember, Result<Answer, EtcdError>) -> Void
    ) {
        if isStopped { return }
        take(self, result)
        settle()
    }

    // MARK: Time

    private nonisolated func keepTime() async {
        await open()
        while !Task.isCancelled {
            let (due, changed) = await arm()
            await changed.answer(or: { [ports] in await ports.time.sleep(until: due) })
            if !Task.isCancelled { await wake() }
        }
    }

    private func open() {
        if let lease = settings.formerLease {
            ask({ (etcd) throws(EtcdError) in try await etcd.revoke(lease) }) { _, _ in }
        }
        openWatch()
        wake()
    }

    private func wake() {
        elect(.due)
        vitalize(.due)
        if let due = watching.reopenAt, now >= due { openWatch() }
        if now >= tickAt {
            tickAt = now + Self.tick
            follow(.due)
            if looking.isDue(at: now) {
                look()
                readMembers()
            }
            readTailOfTerm()
            announce()
            trim()
        }
        settle()
    }

    /// After anything happened: begins what has become possible, tells what is news, and sets the alarm anew.
    func settle() {
        if isStopped { return }
        standWhenApplied()
        openTerm()
        answerAppends()
        finishHandOver()
        appendNext()
        publish()
        if let alarm, let due = nextDue, due < alarm.due { alarm.changed.resume(returning: ()) }
    }

    private var nextDue: Duration? {
        [election.nextDue, vitality.nextDue, watching.reopenAt, tickAt].compactMap(\.self).min()
    }

    private func arm() -> (due: Duration, changed: Waiter<Void>) {
        // What stays due although it was told is not told without a pause.
        let alarm = (due: max(nextDue ?? tickAt, now + .milliseconds(5)), changed: Waiter<Void>())
        self.alarm = alarm
        return alarm
    }

    func publish() {
        // All that was there when the newest entry was asked for is applied by now. Pieces of a batch that never ended are not.
        // What is not of this log is never complete, however much of it there is.
        if doubt != nil {
            completeAt = nil
        } else if follower.keys == keys, let confirmed = vitality.confirmed,
            max(follower.applied.index, follower.followed?.index ?? 0) >= confirmed.index
        {
            completeAt = max(completeAt ?? confirmed.at, confirmed.at)
        }
        view.generation = generation
        view.applied = follower.applied
        view.isFollowing = follower.followed != nil
        view.term = election.term
        view.mayBegin = appending.office != nil
        view.hasQuorum = vitality.hasQuorum(at: now)
        view.quarantine = vitality.quarantine
        view.stop = follower.stop
        view.doubt = doubt
        board.publish(told, election, completeAt: completeAt)
    }

    /// Why nothing this node has is what the cluster has, in words; `nil` as long as it may be believed.
    var doubt: String? {
        if let quarantine = vitality.quarantine { return "\(quarantine)" }
        return follower.stop.flatMap { $0.isDivergence ? "\($0)" : nil }
    }

    /// The view without what may have been over for long: whoever is cut off keeps the keys of leases that have ended.
    private var told: MemberView {
        guard vitality.isBehind(at: now) else { return view }
        var told = view
        told.master = nil
        told.present = view.present.filter { $0.key == settings.node }
        return told
    }
}
