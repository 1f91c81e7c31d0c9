/// Who decides, as one node sees it: its lease, its candidacy, its term of office in one generation of the log.
///
/// All times are monotonic, of this node's own clock. That the term has not ended is a comparison (``isMaster(at:)``), made
/// before and after each answer; a node that slept is no master at its first instruction, whatever it was told before.
package struct Election: Sendable {
    /// One request to etcd; its answer is told with it.
    package struct Call: Sendable, Hashable {
        let number: Int
    }

    /// What happened.
    package enum Input: Sendable, Hashable {
        /// The time of ``Election/nextDue`` has come.
        case due
        /// A lease was granted.
        case granted(Call, lease: Int)
        /// A lease was kept alive, or there is none any more.
        case kept(Call, isThere: Bool)
        /// The campaign's transaction was answered.
        case campaigned(Call, TransactionAnswer)
        /// No answer came in time, or an error; each error is the same one.
        case failed(Call)
        /// The master's key as it was at a revision of etcd, by a watch or a read; `nil` when there was none.
        case masterSeen(KeyValue?, revision: Int)
        /// etcd was put back, and its revisions with it: it answered at a lower one than was known when it was asked. What is
        /// seen after this counts, whatever its revision.
        case wentBack
        /// This node may campaign, after this wait, or may not.
        case candidacy(Candidacy?)
        /// A master named who may go first when its term ends; told as often as it is read.
        case named(Successor)
        /// The first entry of this term is in the log and applied, and the engine runs. That of a former term, whose writer
        /// got its answer late, begins nothing.
        case began(Term)
        /// The term has to end.
        case stopped(Reason)
    }

    /// How long a node that may campaign lets others go first.
    package struct Candidacy: Sendable, Hashable {
        /// Its place among the candidates, from 0 on.
        package var rank: Int
        /// Any random number.
        package var jitter: UInt64

        /// A candidacy of this rank.
        package init(rank: Int, jitter: UInt64) {
            self.rank = rank
            self.jitter = jitter
        }

        var wait: Duration { .milliseconds(Int(jitter % 301) + 200 * max(0, min(rank, 100))) }
    }

    /// Why a term ends.
    package enum Reason: Sendable, Hashable {
        /// An append was answered so, or another master was seen.
        case deposed
        /// The lease was not kept alive in time.
        case fenced
        /// etcd does not know the lease any more.
        case leaseGone
        /// This node could not apply what was decided.
        case cannotApply
        /// The daemon stops, or hands over.
        case leaving
    }

    /// What is to be done.
    package enum Effect: Sendable, Hashable {
        /// Ask for a lease of ``Election/lifetime``.
        case grant(Call)
        /// Keep the lease alive.
        case keepAlive(Call, lease: Int)
        /// End a lease, and the keys under it, at once; nobody waits for the answer.
        case revoke(lease: Int)
        /// Send the transaction.
        case campaign(Call, Transaction)
        /// The election is won: read the newest entry, apply up to it, append the term's first entry, start the engine, and
        /// tell `began`.
        case begin(Term)
        /// Stop deciding; what was begun may not go on.
        case end(Term, Reason)
    }

    struct Lease: Sendable, Hashable {
        let id: Int
        /// When the last request was sent that made it live.
        var sentAt: Duration
        /// The request on its way, and when it was sent.
        var call: Call?
        var askedAt: Duration
    }

    enum LeaseState: Sendable, Hashable {
        case none(retryAt: Duration)
        case asked(Call, at: Duration)
        case held(Lease)
    }

    enum Role: Sendable, Hashable {
        case follower
        case waiting(until: Duration)
        case campaigning(Call)
        case starting(Term)
        case master(Term)
    }

    /// How much longer others wait when a master named who goes first.
    package static let courtesy = Duration.seconds(3)

    /// How long a lease lives without being kept alive.
    package let lifetime: Duration
    let keys: LogKeys
    /// What the key says when this node wins.
    let name: MasterKey
    var lease = LeaseState.none(retryAt: .zero)
    var role = Role.follower
    var candidacy: Candidacy?
    /// What is known of the key, and as of which revision.
    private(set) var isVacant = false
    private(set) var seenAt = 0
    /// The epoch of the master that was seen last.
    private var latestEpoch = 0
    private var successor: Successor?
    /// A campaign's answer was lost: the key may be there under the lease.
    private(set) var mayHaveWon = false
    private var calls = 0

    /// A node that has no lease yet.
    package init(keys: LogKeys, name: MasterKey, lifetime: Duration = .seconds(10)) {
        self.keys = keys
        self.name = name
        self.lifetime = lifetime
    }

    /// Whether this node decides: its term has begun, and its lease cannot have ended.
    package func isMaster(at now: Duration) -> Bool {
        if case .master = role { !isFenced(at: now) } else { false }
    }

    /// How long this node may go on without hearing of etcd; `nil` without a lease.
    package func fence(at now: Duration) -> Duration? {
        if case .held(let lease) = lease { fence(lease) - now } else { nil }
    }

    /// The lease, for what else lives with it.
    package var leaseID: Int? { if case .held(let lease) = lease { lease.id } else { nil } }

    /// The term this node has or begins.
    package var term: Term? {
        switch role {
        case .starting(let term), .master(let term): term
        case .follower, .waiting, .campaigning: nil
        }
    }

    /// Whether etcd may have ended the lease.
    func isFenced(at now: Duration) -> Bool {
        guard case .held(let lease) = lease else { return true }
        return now >= fence(lease)
    }

    func fence(_ lease: Lease) -> Duration { lease.sentAt + lifetime * 7 / 10 }

    /// When `due` is to be told.
    package var nextDue: Duration? {
        var times: [Duration] = []
        switch lease {
        case .none(let retryAt): times.append(retryAt)
        case .asked: break
        case .held(let lease):
            if lease.call == nil { times.append(lease.askedAt + lifetime / 4) }
            if term != nil { times.append(fence(lease)) }
        }
        if case .waiting(let until) = role { times.append(until) }
        return times.min()
    }

    /// Takes what happened at a time of this node's clock.
    package mutating func handle(_ input: Input, at now: Duration) -> [Effect] {
        var effects = isFenced(at: now) && term != nil ? end(.fenced, at: now) : []
        switch input {
        case .due: break
        case .granted(let call, let id): granted(call, id)
        case .kept(let call, let isThere): effects += kept(call, isThere, at: now)
        case .campaigned(let call, let answer): effects += campaigned(call, answer, at: now)
        case .failed(let call): failed(call, at: now)
        case .masterSeen(let key, let revision): effects += masterSeen(key, revision, at: now)
        case .wentBack: (seenAt, latestEpoch) = (0, 0)
        case .candidacy(let candidacy): effects += setCandidacy(candidacy, at: now)
        case .named(let successor): named(successor, at: now)
        case .began(let term): if role == .starting(term) { role = .master(term) }
        case .stopped(let reason): effects += end(reason, at: now)
        }
        return effects + proceed(at: now)
    }

    private mutating func nextCall() -> Call {
        calls += 1
        return Call(number: calls)
    }

    /// What is due now, whatever happened.
    private mutating func proceed(at now: Duration) -> [Effect] {
        var effects: [Effect] = []
        switch lease {
        case .none(let retryAt) where retryAt <= now:
            let call = nextCall()
            lease = .asked(call, at: now)
            effects.append(.grant(call))
        case .held(var held) where held.call == nil && held.askedAt + lifetime / 4 <= now:
            let call = nextCall()
            (held.call, held.askedAt) = (call, now)
            lease = .held(held)
            effects.append(.keepAlive(call, lease: held.id))
        case .none, .asked, .held: break
        }
        if role == .follower, isVacant, let candidacy, leaseID != nil {
            role = .waiting(until: now + wait(candidacy))
        }
        if case .waiting(let until) = role, until <= now, let leaseID, !isFenced(at: now) {
            let call = nextCall()
            role = .campaigning(call)
            effects.append(.campaign(call, campaign(lease: leaseID)))
        }
        return effects
    }

    /// Whom the last master named goes at once, others give them time.
    private func wait(_ candidacy: Candidacy) -> Duration {
        guard let successor, successor.epoch >= latestEpoch else { return candidacy.wait }
        return successor.node == name.node ? .zero : candidacy.wait + Self.courtesy
    }

    private func campaign(lease: Int) -> Transaction {
        Transaction(
            comparisons: [.isMissing(keys.master)],
            success: [.put(keys.master, value: name.bytes, lease: lease)], failure: [.get(keys.master)])
    }

    // MARK: The lease

    private mutating func granted(_ call: Call, _ id: Int) {
        guard case .asked(call, let at) = lease else { return }
        lease = .held(Lease(id: id, sentAt: at, call: nil, askedAt: at))
    }

    private mutating func kept(_ call: Call, _ isThere: Bool, at now: Duration) -> [Effect] {
        guard case .held(var held) = lease, held.call == call else { return [] }
        guard isThere else {
            let effects = term == nil ? [] : end(.leaseGone, at: now)
            forgetLease(at: now)
            return effects
        }
        (held.sentAt, held.call) = (held.askedAt, nil)
        lease = .held(held)
        return []
    }

    private mutating func failed(_ call: Call, at now: Duration) {
        if case .asked(call, _) = lease { lease = .none(retryAt: now + .milliseconds(500)) }
        if case .held(var held) = lease, held.call == call {
            // At once, of the next member of etcd; the request had its own time limit.
            (held.call, held.askedAt) = (nil, now - lifetime / 4 + .milliseconds(100))
            lease = .held(held)
        }
        if case .campaigning(call) = role {
            mayHaveWon = true
            role = .waiting(until: now + .milliseconds(100))
        }
    }

    private mutating func forgetLease(at now: Duration) {
        lease = .none(retryAt: now)
        role = .follower
        mayHaveWon = false
    }

    // MARK: The term

    private mutating func campaigned(_ call: Call, _ answer: TransactionAnswer, at now: Duration) -> [Effect] {
        guard case .campaigning(call) = role else { return [] }
        mayHaveWon = false
        if answer.succeeded { return win(epoch: answer.revision, at: now) }
        guard let key = answer.found.first?.first else {
            // Neither free nor anybody's: it says nothing.
            failed(call, at: now)
            return []
        }
        role = .follower
        return masterSeen(key, answer.revision, at: now)
    }

    private mutating func masterSeen(_ key: KeyValue?, _ revision: Int, at now: Duration) -> [Effect] {
        guard revision >= seenAt else { return [] }
        (seenAt, isVacant) = (revision, key == nil)
        if let key { latestEpoch = key.created }
        if let term {
            return key?.created == term.epoch ? [] : end(.deposed, at: now)
        }
        guard let key else { return [] }
        // The campaign was won without its answer being heard.
        if let leaseID, key.lease == leaseID { return win(epoch: key.created, at: now) }
        if case .waiting = role { role = .follower }
        return []
    }

    private mutating func win(epoch: Int, at now: Duration) -> [Effect] {
        (isVacant, mayHaveWon) = (false, false)
        (seenAt, latestEpoch) = (max(seenAt, epoch), epoch)
        let term = Term(generation: keys.generation, epoch: epoch)
        role = .starting(term)
        return isFenced(at: now) ? end(.fenced, at: now) : [.begin(term)]
    }

    /// The key goes with the lease, so that the next term has an epoch of its own.
    private mutating func end(_ reason: Reason, at now: Duration) -> [Effect] {
        guard let term else { return [] }
        let revoked = leaseID.map { Effect.revoke(lease: $0) }
        forgetLease(at: now)
        return [.end(term, reason)] + [revoked].compactMap(\.self)
    }

    /// Who waits already begins to wait anew, unless it may have won.
    private mutating func named(_ successor: Successor, at now: Duration) {
        guard successor != self.successor else { return }
        self.successor = successor
        if case .waiting = role, let candidacy, !mayHaveWon { role = .waiting(until: now + wait(candidacy)) }
    }

    private mutating func setCandidacy(_ candidacy: Candidacy?, at now: Duration) -> [Effect] {
        self.candidacy = candidacy
        guard candidacy == nil, case .waiting = role else { return [] }
        role = .follower
        guard mayHaveWon, let leaseID else { return [] }
        forgetLease(at: now)
        return [.revoke(lease: leaseID)]
    }
}
