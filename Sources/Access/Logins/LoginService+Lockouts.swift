import Synchronization

extension LoginService {
    /// Locks in force, sorted by address and user.
    package func lockouts() -> [LoginLock] {
        let now = time.monotonic
        return state.withLock { $0.lockout.locks(at: now) }.map { lock in
            LoginLock(id: lock.id, user: lock.user, address: lock.address, remaining: lock.until - now)
        }
    }

    /// How many passwords needed no check since the start, because they had been verified a moment before.
    package var cacheHits: Int { state.withLock { $0.cacheHits } }

    /// Takes a lock away; false when none with this id is in force. Audited.
    package func unlock(id: String, by user: String) async -> Bool {
        let now = time.monotonic
        guard let lock = state.withLock({ $0.lockout.unlock(id: id, at: now) }) else { return false }
        await audit.record(
            AuditEvent(
                kind: .unlock, time: time.now, user: lock.user, address: lock.address,
                fields: ["lockout_id": lock.id, "by": user]))
        return true
    }

    /// Forgets what was counted against a user, from every address: call it when they have a new password, which nobody
    /// has guessed at. Audited for each lock that ends.
    package func forgive(user: String) async {
        let now = time.monotonic
        let ended = state.withLock { state in
            defer { state.lockout.forget(user: user) }
            return state.lockout.locks(at: now).filter { $0.user == user.lowercased() }
        }
        for lock in ended {
            await audit.record(
                AuditEvent(
                    kind: .unlock, time: time.now, user: lock.user, address: lock.address,
                    detail: "new password", fields: ["lockout_id": lock.id, "by": Principal.daemon.name]))
        }
    }
}
