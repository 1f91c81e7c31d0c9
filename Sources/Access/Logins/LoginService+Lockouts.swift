import Synchronization

extension LoginService {
    /// Locks in force, those of passwords that are nobody's and those of all nodes among them, sorted by address and user.
    package func lockouts() -> [LoginLock] {
        let now = time.monotonic
        let own = state.withLock { $0.lockout.locks(at: now) }.map { LoginLock($0, at: now) }
        return (own + passwords.locks).sorted { ($0.address, $0.user ?? "") < ($1.address, $1.user ?? "") }
    }

    /// How many passwords needed no check since the start, because they had been verified a moment before.
    package var cacheHits: Int { state.withLock { $0.cacheHits } }

    /// Takes a lock away, on every node when it holds on every node; false when none with this id is in force. Audited.
    ///
    /// - Throws: `noMaster`, `outOfSpace` or `unavailable` when it cannot be taken away on every node.
    package func unlock(id: String, by user: String) async throws(AccessError) -> Bool {
        let sharing = state.withLock { $0.sharing }
        let told = try await lifted(id, by: sharing)
        let now = time.monotonic
        let own = state.withLock { $0.lockout.unlock(id: id, at: now) }
        // Where it was lifted for all nodes this one has heard of it already.
        guard let lock = told ?? own ?? passwords.unlock(id: id) else { return false }
        await audit.record(
            AuditEvent(
                kind: .unlock, time: time.now, user: lock.user, address: lock.address,
                fields: ["lockout_id": lock.id, "by": user]))
        return true
    }

    /// Has a lock end on all nodes; one that holds here alone is only told to nobody any more.
    ///
    /// - Returns: The lock, when it has ended everywhere.
    private func lifted(_ id: String, by sharing: (any LockSharing)?) async throws(AccessError) -> Lockout.Lock? {
        guard let sharing else { return nil }
        let now = time.monotonic
        let shared = state.withLock { $0.lockout.shared.inForce(at: now).first { $0.id == id } }
        guard let lock = shared ?? passwords.sharedLock(id: id) else {
            sharing.forget([id])
            return nil
        }
        try await sharing.lift(id)
        passwords.unlock(id: id)
        return lock
    }

    /// Forgets what was counted against a user, from every address: call it when they have a new password, which nobody
    /// has guessed at. Audited for each lock that ends.
    package func forgive(user: String) async {
        let now = time.monotonic
        let (ended, sharing) = state.withLock { state in
            defer { state.lockout.forget(user: user) }
            return (state.lockout.locks(at: now).filter { $0.user == user.lowercased() }, state.sharing)
        }
        sharing?.forget(ended.map(\.id))
        for lock in ended {
            await audit.record(
                AuditEvent(
                    kind: .unlock, time: time.now, user: lock.user, address: lock.address,
                    detail: "new password", fields: ["lockout_id": lock.id, "by": Principal.daemon.name]))
        }
    }

    /// Tells other nodes of a lock that was counted to its end here.
    func share(_ lock: Lockout.Lock, at now: Duration) {
        guard lock.isOfAllNodes, let sharing = state.withLock({ $0.sharing }) else { return }
        sharing.share(lock.shared(at: now, wall: time.now))
    }
}
