package import Access
package import JobEngine
package import Logging
import Synchronization
import Waiting

/// Sees to it, on the master, that as many nodes have a vote as there should be: one change after the other, as long as it
/// decides.
package struct VoteService: Sendable {
    /// How often it is looked whether somebody is to have a vote.
    static let pace = Duration.seconds(1)
    /// So long there may be fewer votes than there should be, for want of nodes that are ready, before that is the end of it: who
    /// has just begun to decide has not heard of all of them.
    static let patience = Duration.seconds(10)
    /// How long etcd may refuse to let somebody go: it does for some seconds after each change of its members.
    static let settling = Duration.seconds(30)

    /// What was said of votes lately.
    package let board: VoteBoard
    private let queue = VoteQueue()
    private let votes: any VoteGranting
    private let master: Int
    private let time: any TimeSource
    private let members: @Sendable () async -> [Votes.Member]?

    /// - Parameters:
    ///   - master: This node, which keeps its own vote.
    ///   - logger: Told what is done, and what is in the way.
    ///   - members: All members as they are now; `nil` while this node does not decide, in which nothing is done.
    package init(
        _ votes: any VoteGranting, master: Int, time: any TimeSource, logger: Logger,
        members: @escaping @Sendable () async -> [Votes.Member]?
    ) {
        board = VoteBoard(logger: logger)
        (self.votes, self.master, self.time, self.members) = (votes, master, time, members)
    }

    /// Has a node get the vote of another one, which goes on without.
    ///
    /// - Parameters:
    ///   - former: Who loses it; `nil` where only one can.
    ///   - suspended: Nodes nobody waits for.
    /// - Returns: What was done.
    /// - Throws: As ``VoteMove/init(to:from:among:suspended:)`` does; `object-busy` when the etcd of the node does not come up, in
    ///   which case all votes are as before; `no-master` when this node does not decide; `internal` when etcd does not let the
    ///   other one go.
    package func move(
        to node: Int, from former: Int?, suspended: Set<Int>
    ) async throws(JobError) -> VoteMove {
        try await queue.ask(VoteQueue.Order(node: node, former: former, suspended: suspended))
    }

    /// Works until the task is cancelled.
    package func run() async {
        defer { queue.close() }
        // A node that was taken out again is not asked in before others had their turn, and nobody waits for it.
        var turnedAway: [Int: Duration] = [:]
        var lackingSince: Duration?
        while !Task.isCancelled {
            guard let members = await members() else {
                // Whoever asks this node as soon as it decides is not told that there is nothing to be done.
                board.begin()
                lackingSince = nil
                queue.refuse(Self.undecided)
                await time.sleep(until: time.monotonic + Self.pace)
                continue
            }
            if let order = queue.next() {
                await carryOut(order, among: members)
                continue
            }
            turnedAway = turnedAway.filter { time.monotonic - $0.value < Admission.silence }
            board.turnAway(Set(turnedAway.keys))
            if let node = board.next(among: members) {
                if !votes.hasAuthority {
                    await handOver(members)
                } else if await admit(node) != .voter {
                    turnedAway[node] = time.monotonic
                }
            } else if let node = Votes.surplus(among: members, master: master) {
                await takeBack(node)
            } else if Votes.areEnough(among: members) {
                lackingSince = nil
                board.rest()
            } else {
                let since = lackingSince ?? time.monotonic
                lackingSince = since
                if time.monotonic - since >= Self.patience { board.rest() } else { board.begin() }
            }
            await time.sleep(until: time.monotonic + Self.pace)
        }
    }

    /// A standby that decides cannot give a vote: the authority lies with those that have one.
    private func handOver(_ members: [Votes.Member]) async {
        board.begin()
        if let heir = members.first(where: { $0.isVoter && $0.isReady && $0.node != master && !$0.isWitness }) {
            await votes.handOver(to: heir.node)
        } else {
            board.say(JoinLine("waits for a node with a vote, which has the authority of the cluster"))
        }
    }

    private func admit(_ node: Int) async -> Admission.End? {
        board.begin()
        let begin = time.monotonic
        let run = AdmissionRun(node: node, by: votes, time: time)
        // One that is removed on its way in is not waited for.
        let end = await run.run(
            while: { await members()?.contains { $0.node == node } ?? false },
            saying: { text in board.say(JoinLine(text)) })
        switch end {
        case .voter:
            let text = "etcd: \(ClusterStatus.words(of: node)) joined"
            board.say(JoinLine(text, JoinLine.seconds(time.monotonic - begin)))
        case .refused(let reason): board.say(JoinLine(reason))
        case nil: break
        }
        return end
    }

    // MARK: Moving a vote

    private static let undecided = JobError(.noMaster, "This node does not decide: ask the one that does.")

    private func carryOut(_ order: VoteQueue.Order, among members: [Votes.Member]) async {
        do throws(JobError) {
            let move = try VoteMove(
                to: order.node, from: order.former, among: members, suspended: order.suspended)
            if members.first(where: { $0.node == move.node })?.isVoter != true { try await give(move.node) }
            try await end(move)
            order.end.resume(returning: .success(move))
        } catch {
            order.end.resume(returning: .failure(error))
        }
    }

    private func give(_ node: Int) async throws(JobError) {
        switch await admit(node) {
        case .voter: return
        case .refused(let reason): throw JobError(.objectBusy, reason)
        case nil:
            guard await members() == nil else {
                throw JobError(.objectMissing, "Node \(node) was removed while it got its vote.")
            }
            throw JobError(
                .noMaster, "This node decides no more while node \(node) gets its vote: ask the one that does again.")
        }
    }

    /// Takes the former vote back; for some seconds after the new one etcd lets nobody go.
    private func end(_ move: VoteMove) async throws(JobError) {
        let end = time.monotonic + Self.settling
        while true {
            let reason: MembershipRefusal
            do throws(MembershipRefusal) {
                try await votes.takeBack(move.former)
                board.say(JoinLine("etcd: \(ClusterStatus.words(of: move.former)) has no vote any more"))
                return
            } catch {
                reason = error
            }
            board.say(JoinLine(reason.description))
            guard !Task.isCancelled, await members() != nil else { throw Self.undecided }
            guard time.monotonic < end else {
                throw JobError(
                    .internal,
                    "Node \(move.node) has a vote, and node \(move.former) could not be taken its: \(reason). One of them "
                        + "loses it once etcd answers; see 'confd cluster status', and ask again.")
            }
            await time.sleep(until: time.monotonic + Admission.pause)
        }
    }

    private func takeBack(_ node: Int) async {
        board.begin()
        do throws(MembershipRefusal) {
            try await votes.takeBack(node)
            board.say(JoinLine("etcd: \(ClusterStatus.words(of: node)) has no vote any more"))
        } catch {
            board.say(JoinLine(error.description))
        }
    }
}

/// What was said of votes, for whoever waits for them.
package final class VoteBoard: Sendable {
    private static let capacity = 200

    private struct State {
        var lines: [JoinLine] = []
        /// How many lines were there before these.
        var dropped = 0
        var isUnderWay = true
        var turnedAway: Set<Int> = []
    }

    private let state = Mutex(State())

    private let logger: Logger

    /// Nothing was said, and nobody knows yet whether there is anything to be done.
    init(logger: Logger) { self.logger = logger }

    func begin() { state.withLock { $0.isUnderWay = true } }

    func turnAway(_ nodes: Set<Int>) { state.withLock { $0.turnedAway = nodes } }

    /// Who gets a vote next, as long as nobody was just taken out again.
    func next(among members: [Votes.Member]) -> Int? {
        let turnedAway = state.withLock { $0.turnedAway }
        return Votes.next(
            among: members.map { member in
                Votes.Member(
                    member.node, isVoter: member.isVoter, isReady: member.isReady && !turnedAway.contains(member.node))
            })
    }

    func rest() { state.withLock { $0.isUnderWay = false } }

    func say(_ line: JoinLine) {
        let isNew = state.withLock { state in
            guard state.lines.last != line else { return false }
            state.lines.append(line)
            if state.lines.count > Self.capacity {
                state.lines.removeFirst()
                state.dropped += 1
            }
            return true
        }
        if isNew { logger.notice("votes", metadata: ["said": "\(line.text)", "result": "\(line.result)"]) }
    }

    /// How many lines there were so far.
    package var count: Int { state.withLock { $0.dropped + $0.lines.count } }

    /// Lines from one on, and whether everything is as it should be.
    package func lines(from first: Int) -> (lines: [JoinLine], next: Int, isAtRest: Bool) {
        state.withLock { state in
            let skipped = min(max(0, first - state.dropped), state.lines.count)
            return (Array(state.lines.dropFirst(skipped)), state.dropped + state.lines.count, !state.isUnderWay)
        }
    }
}
