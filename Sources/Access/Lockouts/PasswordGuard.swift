import Synchronization

/// Keeps guessing expensive at passwords that belong to nobody, such as those of buckets: counts what is wrong as ``Lockout``
/// does for logins, apart from them, and audits it.
package final class PasswordGuard: Sendable {
    /// What an attempt comes to.
    package enum Verdict: Sendable, Hashable {
        case accepted
        case refused
        /// Nobody has looked whether it was right; the next attempt may be made after so many seconds.
        case locked(seconds: Int)
    }

    private let lockout: Mutex<Lockout>
    private let audit: any AuditLog
    private let time: any TimeSource
    /// Whoever tells other nodes of locks.
    private let sharing = Mutex<(any LockSharing)?>(nil)

    /// Nobody is locked at first.
    package init(policy: LockoutPolicy = LockoutPolicy(), audit: any AuditLog, time: any TimeSource) {
        lockout = Mutex(Lockout(policy: policy, of: "passwords "))
        self.audit = audit
        self.time = time
    }

    /// Takes an attempt, and audits it when it is refused.
    ///
    /// - Parameters:
    ///   - account: What the password is for; empty when the attempt names nothing, and counts for the address alone.
    ///   - thing: What it opens, in words, as in `bucket bfs/default`.
    ///   - isRight: Whether the password is; counts for nothing while the account or the address is locked.
    package func attempt(
        _ account: String, of thing: String, from address: String, isRight: Bool
    ) async -> Verdict {
        let now = time.monotonic
        let (verdict, lock) = lockout.withLock { (lockout) -> (Verdict, Lockout.Lock?) in
            switch lockout.standing(user: account, address: address, at: now) {
            case .locked(let until)?, .rateLimited(let until)?, .slowed(let until)?:
                return (.locked(seconds: Self.seconds(until - now)), nil)
            case .busy?: return (.locked(seconds: 1), nil)
            case .admitted?, nil: break
            }
            guard isRight else {
                return (.refused, lockout.fail(user: account, address: address, wasAdmitted: false, at: now))
            }
            lockout.succeed(user: account, address: address)
            return (.accepted, nil)
        }
        switch verdict {
        case .accepted: break
        case .refused: await record(.refusal, from: address, detail: "wrong password of \(thing)")
        case .locked: await record(.refusal, from: address, detail: "too many wrong passwords")
        }
        if let lock {
            if lock.isOfAllNodes { sharing.withLock { $0 }?.share(lock.shared(at: now, wall: time.now)) }
            await record(
                .lockout, from: lock.address, detail: "too many wrong passwords of \(thing)",
                fields: ["lockout_id": lock.id, "seconds": "\((lock.until - now).components.seconds)"])
        }
        return verdict
    }

    /// Forgets what was counted against an account, from wherever: call it when it has a new password.
    package func forget(_ account: String) {
        let now = time.monotonic
        let ended = lockout.withLock { lockout in
            defer { lockout.forget(user: account) }
            return lockout.locks(at: now).filter { $0.user == account.lowercased() }
        }
        sharing.withLock { $0 }?.forget(ended.map(\.id))
    }

    /// From now on locks are told to other nodes, or with `nil` to nobody.
    func shareLocks(by sharing: (any LockSharing)?) { self.sharing.withLock { $0 = sharing } }

    /// Takes what other nodes did to locks.
    func take(_ news: LoginNews) {
        let (now, wall) = (time.monotonic, time.now)
        lockout.withLock { _ = $0.take(news, at: now, wall: wall) }
    }

    /// The lock with this id that holds on every node; `nil` when none does.
    func sharedLock(id: String) -> Lockout.Lock? {
        let now = time.monotonic
        return lockout.withLock { $0.shared.inForce(at: now) }.first { $0.id == id }
    }

    /// Locks in force.
    var locks: [LoginLock] {
        let now = time.monotonic
        return lockout.withLock { $0.locks(at: now) }.map { LoginLock($0, at: now) }
    }

    /// Takes a lock away; `nil` when none with this id is in force.
    @discardableResult
    func unlock(id: String) -> Lockout.Lock? {
        let now = time.monotonic
        return lockout.withLock { $0.unlock(id: id, at: now) }
    }

    private func record(
        _ kind: AuditEvent.Kind, from address: String, detail: String, fields: [String: String] = [:]
    ) async {
        await audit.record(
            AuditEvent(
                kind: kind, time: time.now, address: address, method: .password, detail: detail, fields: fields))
    }

    private static func seconds(_ time: Duration) -> Int { max(1, Int((time / .seconds(1)).rounded(.up))) }
}
