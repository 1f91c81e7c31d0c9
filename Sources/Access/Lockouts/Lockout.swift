import Values

/// Counts failed logins and says who has to wait; pure, time is handed in as monotonic time.
///
/// The user `root` from this very machine is never locked, so that strangers cannot shut the last door; guesses at it are
/// slowed.
package struct Lockout: Sendable {
    /// What an attempt may do.
    package enum Admission: Sendable, Hashable {
        /// The attempt may go on; a place is taken until its result is told.
        case admitted
        /// The pair of user and address is locked until then.
        case locked(until: Duration)
        /// The address had too many failures; the oldest of them is forgotten then.
        case rateLimited(until: Duration)
        /// As many attempts of this pair, or of its address, are under way as it has failures left.
        case busy
        /// The password of local root was guessed at; the next attempt may be made then.
        case slowed(until: Duration)
    }

    struct Pair: Hashable {
        let user: String
        let scope: String

        // Some account databases know one user by many spellings, each of which would have guesses of its own.
        init(_ user: String, at scope: String) {
            self.user = user.lowercased()
            self.scope = scope
        }
    }

    struct Record {
        var failures: [Duration] = []
        var underWay = 0
        var lockedUntil: Duration?
        var locks = 0
        var slowedUntil: Duration?
    }

    struct Source {
        var failures: [Duration] = []
        var underWay = 0
        /// Attempts that were not right, or of which nothing is known.
        var tries: [Duration] = []
    }

    private let policy: LockoutPolicy
    /// What is counted here, so that locks of two counts have different ids; empty for logins.
    let realm: String
    var pairs: BoundedMap<Pair, Record>
    var addresses: BoundedMap<String, Source>
    /// Wrong tokens of an address.
    var tokens: BoundedMap<String, [Duration]>
    /// Locks that hold on every node, whoever counted.
    var shared: SharedLocks
    /// Pairs that have shown a right password.
    private var proven: BoundedMap<Pair, Bool>

    /// Nobody is locked at first.
    package init(policy: LockoutPolicy = LockoutPolicy(), of realm: String = "") {
        self.policy = policy
        self.realm = realm
        pairs = BoundedMap(capacity: policy.capacity)
        addresses = BoundedMap(capacity: policy.capacity)
        tokens = BoundedMap(capacity: policy.capacity)
        shared = SharedLocks(capacity: policy.capacity)
        proven = BoundedMap(capacity: policy.capacity)
    }

    /// Number of pairs remembered, for metrics.
    package var count: Int { pairs.count }

    /// Asks whether an attempt may be made. After `.admitted` exactly one of `fail`, `succeed` and `release` has to follow.
    package mutating func admit(user: String, address: String, at now: Duration) -> Admission {
        let address = RemoteAddress(address)
        if let answer = standing(user: user, address: address, at: now) { return answer }
        guard !user.isEmpty else { return .admitted }
        let pair = Pair(user, at: address.scope)
        var record = recent(pairs.value(for: pair) ?? Record(), at: now)
        var source = recent(addresses.value(for: address.scope) ?? Source(), at: now)
        if let until = record.slowedUntil { return .slowed(until: until) }
        guard record.failures.count + record.underWay < policy.failuresPerUser else { return .busy }
        if !isExempt(user, address) {
            let isFull = source.failures.count + source.underWay >= policy.failuresPerAddress
            guard !isFull || hasProven(pair) else { return .busy }
            source.underWay += 1
            noteTry(of: &source, at: now)
            store(source, for: address.scope)
        }
        record.underWay += 1
        store(record, for: pair)
        return .admitted
    }

    /// Who goes first when checks have to wait: the lowest. A pair that has proven itself before is 0, an address that has
    /// not tried in vain 1; of all others, the less they tried, the lower, whether or not it came to a check.
    package func rank(user: String, address: String, at now: Duration) -> Int {
        let scope = RemoteAddress(address).scope
        if hasProven(Pair(user, at: scope)) { return 0 }
        // The one that asks is a try, too.
        return max(1, recent(addresses.value(for: scope) ?? Source(), at: now).tries.count)
    }

    /// What stands against an attempt right now, `nil` when nothing does; takes no place.
    package func standing(user: String, address: String, at now: Duration) -> Admission? {
        standing(user: user, address: RemoteAddress(address), at: now)
    }

    /// What stands against a token of the cluster right now, `nil` when nothing does.
    package func tokenStanding(address: String, at now: Duration) -> Admission? {
        let scope = RemoteAddress(address).scope
        let own = limitEnd(tokens.value(for: scope) ?? [], at: now)
        return later(own, shared.end(of: .tokens, at: scope, now)).map { .rateLimited(until: $0) }
    }

    /// Counts a wrong token and returns the lock when this one was the last straw.
    ///
    /// Tokens have failures of their own: whoever tries them keeps no password out.
    package mutating func failToken(address: String, at now: Duration) -> Lock? {
        let scope = RemoteAddress(address).scope
        let failures = within(tokens.value(for: scope) ?? [], at: now) + [now]
        tokens.set(failures.suffix(policy.failuresPerAddress), for: scope)
        guard failures.count == policy.failuresPerAddress, let oldest = failures.first else { return nil }
        return lock(.tokens, scope: scope, until: oldest + policy.window)
    }

    /// Counts a failure and returns the lock when this one was the last straw.
    ///
    /// An attempt without a user counts for the address only. `wasAdmitted` says whether it took a place.
    package mutating func fail(user: String, address: String, wasAdmitted: Bool = true, at now: Duration) -> Lock? {
        let address = RemoteAddress(address)
        if wasAdmitted { release(user: user, address) }
        let pair = Pair(user, at: address.scope)
        guard !isExempt(user, address) else {
            slow(pair, at: now)
            return nil
        }
        var source = recent(addresses.value(for: address.scope) ?? Source(), at: now)
        if !wasAdmitted { noteTry(of: &source, at: now) }
        source.failures.append(now)
        let failures = source.failures
        source.failures = Array(failures.suffix(policy.failuresPerAddress))
        store(source, for: address.scope)
        let addressLock =
            failures.count == policy.failuresPerAddress
            ? lock(.address, scope: address.scope, until: (failures.first ?? now) + policy.window) : nil
        guard !user.isEmpty else { return addressLock }
        return countFailure(of: pair, at: now) ?? addressLock
    }

    /// Forgets the failures and earlier locks of the pair; those of the address stay.
    package mutating func succeed(user: String, address: String) {
        let address = RemoteAddress(address)
        if var source = addresses.value(for: address.scope), !source.tries.isEmpty {
            source.tries.removeLast()
            store(source, for: address.scope)
        }
        release(user: user, address)
        let pair = Pair(user, at: address.scope)
        pairs.remove(pair)
        proven.set(true, for: pair)
    }

    /// Forgets what was counted against a user, from wherever: call it when somebody else gave them a new password.
    package mutating func forget(user: String) {
        pairs.removeAll { pair, _ in pair.user == user.lowercased() }
        shared.removeAll(of: user.lowercased())
    }

    /// Gives the place back of an attempt that proved nothing.
    package mutating func release(user: String, address: String) {
        release(user: user, RemoteAddress(address))
    }

    private mutating func release(user: String, _ address: RemoteAddress) {
        if !user.isEmpty, !isExempt(user, address), var source = addresses.value(for: address.scope) {
            source.underWay = max(0, source.underWay - 1)
            if source.underWay == 0, source.failures.isEmpty, source.tries.isEmpty {
                addresses.remove(address.scope)
            } else {
                store(source, for: address.scope)
            }
        }
        let pair = Pair(user, at: address.scope)
        guard var record = pairs.value(for: pair), record.underWay > 0 else { return }
        record.underWay -= 1
        if record.underWay == 0, record.failures.isEmpty, record.locks == 0, record.slowedUntil == nil {
            pairs.remove(pair)
        } else {
            store(record, for: pair)
        }
    }

    /// Forgets everything.
    package mutating func reset() {
        pairs.removeAll()
        addresses.removeAll()
        tokens.removeAll()
        shared.removeAll()
        proven.removeAll()
    }

    private func hasProven(_ pair: Pair) -> Bool { proven.value(for: pair) != nil }

    private func isExempt(_ user: String, _ address: RemoteAddress) -> Bool {
        user == Principal.rootName && (policy.sparesLoopback ? address.isLocal : address.isSocket)
    }

    private func standing(user: String, address: RemoteAddress, at now: Duration) -> Admission? {
        guard !isExempt(user, address) else { return nil }
        let pair = Pair(user, at: address.scope)
        // Who was here before has guesses of their own, and no stranger behind the same address uses them up.
        if !hasProven(pair) {
            let own = limitEnd(addresses.value(for: address.scope)?.failures ?? [], at: now)
            if let until = later(own, shared.end(of: .address, at: address.scope, now)) {
                return .rateLimited(until: until)
            }
        }
        let own = pairs.value(for: pair)?.lockedUntil
        let everywhere = shared.end(of: .user(pair.user), at: address.scope, now)
        guard let until = later(own, everywhere), until > now else { return nil }
        return .locked(until: until)
    }

    private func later(_ one: Duration?, _ other: Duration?) -> Duration? { [one, other].compactMap(\.self).max() }

    // Each failure counts for a second, so that guesses side by side are no faster; and only a few count.
    private mutating func slow(_ pair: Pair, at now: Duration) {
        var record = recent(pairs.value(for: pair) ?? Record(), at: now)
        let longest = now + policy.localRootPause * policy.failuresPerUser
        record.slowedUntil = min((record.slowedUntil ?? now) + policy.localRootPause, longest)
        store(record, for: pair)
    }

    private mutating func countFailure(of pair: Pair, at now: Duration) -> Lock? {
        var record = recent(pairs.value(for: pair) ?? Record(), at: now)
        record.failures.append(now)
        defer { store(record, for: pair) }
        guard record.failures.count >= policy.failuresPerUser, (record.lockedUntil ?? now) <= now else { return nil }
        let until = now + policy.lockDuration(earlier: record.locks)
        record.lockedUntil = until
        record.locks += 1
        record.failures = []
        return lock(.user(pair.user), scope: pair.scope, until: until)
    }

    /// The record without what has been outlived.
    private func recent(_ record: Record, at now: Duration) -> Record {
        var record = record
        record.failures = within(record.failures, at: now)
        if let until = record.slowedUntil, until <= now { record.slowedUntil = nil }
        if let until = record.lockedUntil, until + policy.memory <= now {
            record.lockedUntil = nil
            record.locks = 0
        }
        return record
    }

    private func recent(_ source: Source, at now: Duration) -> Source {
        Source(
            failures: within(source.failures, at: now), underWay: source.underWay, tries: within(source.tries, at: now))
    }

    private func noteTry(of source: inout Source, at now: Duration) {
        source.tries = (source.tries + [now]).suffix(policy.failuresPerAddress)
    }

    private func within(_ failures: [Duration], at now: Duration) -> [Duration] {
        failures.filter { $0 + policy.window > now }
    }

    func limitEnd(_ failures: [Duration], at now: Duration) -> Duration? {
        let counted = within(failures, at: now)
        guard counted.count >= policy.failuresPerAddress, let oldest = counted.first else { return nil }
        return oldest + policy.window
    }

    private mutating func store(_ record: Record, for pair: Pair) {
        pairs.set(record, for: pair) { $0.lockedUntil != nil || $0.underWay > 0 }
    }

    private mutating func store(_ source: Source, for scope: String) {
        addresses.set(source, for: scope) { $0.underWay > 0 }
    }
}
