/// Locks that hold on every node, whichever counted the failures; pure, monotonic time is handed in.
struct SharedLocks: Sendable {
    private struct Place: Sendable, Hashable {
        let subject: Lockout.Lock.Subject
        let address: String

        init(_ lock: Lockout.Lock) { (subject, address) = (lock.subject, lock.address) }

        init(_ subject: Lockout.Lock.Subject, at address: String) { (self.subject, self.address) = (subject, address) }
    }

    private var locks: BoundedMap<Place, Lockout.Lock>

    init(capacity: Int) { locks = BoundedMap(capacity: capacity) }

    /// When the lock of a subject at an address ends; `nil` when there is none in force.
    func end(of subject: Lockout.Lock.Subject, at address: String, _ now: Duration) -> Duration? {
        // Asked at every login, and mostly in vain.
        if locks.isEmpty { return nil }
        return locks.value(for: Place(subject, at: address)).flatMap { $0.until > now ? $0.until : nil }
    }

    func inForce(at now: Duration) -> [Lockout.Lock] {
        locks.isEmpty ? [] : locks.entries.map(\.value).filter { $0.until > now }
    }

    mutating func set(_ lock: Lockout.Lock) { locks.set(lock, for: Place(lock)) }

    mutating func remove(_ lock: Lockout.Lock) { locks.remove(Place(lock)) }

    mutating func removeAll() { locks.removeAll() }

    /// Takes away those of a user, in lower case.
    mutating func removeAll(of user: String) { locks.removeAll { place, _ in place.subject == .user(user) } }
}

extension Lockout {
    /// Takes what entries of the log did to locks.
    ///
    /// - Returns: The users who are locked by it.
    mutating func take(_ news: LoginNews, at now: Duration, wall: Int64) -> [String] {
        if news.isWhole { shared.removeAll() }
        for id in news.liftedLocks { _ = unlock(id: id, at: now) }
        return news.locks.compactMap { take($0, at: now, wall: wall)?.user }
    }

    /// - Returns: `nil` for a lock that has ended, or that is one of another count.
    private mutating func take(_ told: SharedLock, at now: Duration, wall: Int64) -> Lock? {
        let (rest, isFar) = told.until.subtractingReportingOverflow(wall)
        guard !isFar, rest > 0 else { return nil }
        let lock = lock(told.subject, scope: told.address, until: now + .milliseconds(rest))
        guard lock.id == told.id else { return nil }
        shared.set(lock)
        return lock
    }
}
