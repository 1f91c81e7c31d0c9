import Certificates

/// Counts failed logins and says who has to wait; pure, time is handed in as monotonic time.
///
/// The user `root` from this very machine is never counted, so that strangers cannot shut the last door.
package struct Lockout: Sendable {
    /// What an attempt may do.
    package enum Admission: Sendable, Hashable {
        /// The attempt may go on; a place is taken until its result is told.
        case admitted
        /// The pair of user and address is locked until then.
        case locked(until: Duration)
        /// The address had too many failures; the oldest of them is forgotten then.
        case rateLimited(until: Duration)
        /// As many attempts of this pair are under way as it has failures left.
        case busy
    }

    /// A lock in force.
    package struct Lock: Sendable, Hashable {
        /// Names the lock for `DELETE /lockouts/{id}`: 16 hexadecimal digits.
        package let id: String
        /// The locked user; `nil` when the address as a whole is limited.
        package let user: String?
        /// The address or IPv6 /64 it is about.
        package let address: String
        /// Monotonic time at which it ends.
        package let until: Duration
    }

    struct Pair: Hashable {
        let user: String
        let scope: String
    }

    struct Record {
        var failures: [Duration] = []
        var underWay = 0
        var lockedUntil: Duration?
        var locks = 0
    }

    private let policy: LockoutPolicy
    private var pairs: BoundedMap<Pair, Record>
    private var addresses: BoundedMap<String, [Duration]>

    /// Nobody is locked at first.
    package init(policy: LockoutPolicy = LockoutPolicy()) {
        self.policy = policy
        pairs = BoundedMap(capacity: policy.capacity)
        addresses = BoundedMap(capacity: policy.capacity)
    }

    /// Number of pairs remembered, for metrics.
    package var count: Int { pairs.count }

    /// Asks whether an attempt may be made. After `.admitted` exactly one of `fail`, `succeed` and `release` has to follow.
    package mutating func admit(user: String, address: String, at now: Duration) -> Admission {
        let address = RemoteAddress(address)
        if let answer = standing(user: user, address: address, at: now) { return answer }
        guard !isExempt(user, address), !user.isEmpty else { return .admitted }
        let pair = Pair(user: user, scope: address.scope)
        var record = recent(pairs.value(for: pair) ?? Record(), at: now)
        guard record.failures.count + record.underWay < policy.failuresPerUser else { return .busy }
        record.underWay += 1
        store(record, for: pair)
        return .admitted
    }

    /// What stands against an attempt right now, `nil` when nothing does; takes no place.
    package func standing(user: String, address: String, at now: Duration) -> Admission? {
        standing(user: user, address: RemoteAddress(address), at: now)
    }

    /// Counts a failure and returns the lock when this one was the last straw.
    ///
    /// An attempt without a user (bearer token) counts for the address only.
    package mutating func fail(user: String, address: String, at now: Duration) -> Lock? {
        let address = RemoteAddress(address)
        guard !isExempt(user, address) else { return nil }
        var recentFailures = within(addresses.value(for: address.scope) ?? [], at: now)
        recentFailures.append(now)
        addresses.set(Array(recentFailures.suffix(policy.failuresPerAddress)), for: address.scope)
        let addressLock =
            recentFailures.count == policy.failuresPerAddress
            ? lock(user: nil, scope: address.scope, until: (recentFailures.first ?? now) + policy.window) : nil
        guard !user.isEmpty else { return addressLock }
        return countFailure(of: Pair(user: user, scope: address.scope), at: now) ?? addressLock
    }

    /// Forgets the failures and earlier locks of the pair; those of the address stay.
    package mutating func succeed(user: String, address: String) {
        pairs.remove(Pair(user: user, scope: RemoteAddress(address).scope))
    }

    /// Gives the place back of an attempt that proved nothing.
    package mutating func release(user: String, address: String) {
        let pair = Pair(user: user, scope: RemoteAddress(address).scope)
        guard var record = pairs.value(for: pair), record.underWay > 0 else { return }
        record.underWay -= 1
        if record.underWay == 0, record.failures.isEmpty, record.locks == 0 {
            pairs.remove(pair)
        } else {
            store(record, for: pair)
        }
    }

    /// Locks in force, sorted by address and user.
    package func locks(at now: Duration) -> [Lock] {
        let ofPairs = pairs.entries.compactMap { pair, record -> Lock? in
            guard let until = record.lockedUntil, until > now else { return nil }
            return lock(user: pair.user, scope: pair.scope, until: until)
        }
        let ofAddresses = addresses.entries.compactMap { scope, failures -> Lock? in
            limitEnd(failures, at: now).map { lock(user: nil, scope: scope, until: $0) }
        }
        return (ofPairs + ofAddresses).sorted { ($0.address, $0.user ?? "") < ($1.address, $1.user ?? "") }
    }

    /// Takes one lock away, with all that was remembered about it; `nil` when no such lock is in force.
    package mutating func unlock(id: String, at now: Duration) -> Lock? {
        guard let lock = locks(at: now).first(where: { $0.id == id }) else { return nil }
        if let user = lock.user {
            pairs.remove(Pair(user: user, scope: lock.address))
        } else {
            addresses.remove(lock.address)
        }
        return lock
    }

    /// Forgets everything.
    package mutating func reset() {
        pairs.removeAll()
        addresses.removeAll()
    }

    private func isExempt(_ user: String, _ address: RemoteAddress) -> Bool {
        user == Principal.rootName && address.isLocal
    }

    private func standing(user: String, address: RemoteAddress, at now: Duration) -> Admission? {
        guard !isExempt(user, address) else { return nil }
        if let until = limitEnd(addresses.value(for: address.scope) ?? [], at: now) {
            return .rateLimited(until: until)
        }
        let record = pairs.value(for: Pair(user: user, scope: address.scope))
        guard let until = record?.lockedUntil, until > now else { return nil }
        return .locked(until: until)
    }

    private mutating func countFailure(of pair: Pair, at now: Duration) -> Lock? {
        var record = recent(pairs.value(for: pair) ?? Record(), at: now)
        record.underWay = max(0, record.underWay - 1)
        record.failures.append(now)
        defer { store(record, for: pair) }
        guard record.failures.count >= policy.failuresPerUser, (record.lockedUntil ?? now) <= now else { return nil }
        let until = now + policy.lockDuration(earlier: record.locks)
        record.lockedUntil = until
        record.locks += 1
        record.failures = []
        return lock(user: pair.user, scope: pair.scope, until: until)
    }

    /// The record without what has been outlived.
    private func recent(_ record: Record, at now: Duration) -> Record {
        var record = record
        record.failures = within(record.failures, at: now)
        if let until = record.lockedUntil, until + policy.memory <= now {
            record.lockedUntil = nil
            record.locks = 0
        }
        return record
    }

    private func within(_ failures: [Duration], at now: Duration) -> [Duration] {
        failures.filter { $0 + policy.window > now }
    }

    private func limitEnd(_ failures: [Duration], at now: Duration) -> Duration? {
        let counted = within(failures, at: now)
        guard counted.count >= policy.failuresPerAddress, let oldest = counted.first else { return nil }
        return oldest + policy.window
    }

    private mutating func store(_ record: Record, for pair: Pair) {
        pairs.set(record, for: pair) { $0.lockedUntil != nil || $0.underWay > 0 }
    }

    private func lock(user: String?, scope: String, until: Duration) -> Lock {
        let name = Array("\(scope)\u{0}\(user ?? "")\u{0}\(user == nil ? "address" : "user")".utf8)
        let id = Hex.text(Digest.sha256(name).prefix(8))
        return Lock(id: id, user: user, address: scope, until: until)
    }
}
