import Synchronization

extension LoginService {
    /// Locks in force, those of passwords that are nobody's among them, sorted by address and user.
    package func lockouts() -> [LoginLock] {
        let now = time.monotonic
        let own = state.withLock { $0.lockout.locks(at: now) }.map { LoginLock($0, at: now) }
        return (own + passwords.locks).sorted { ($0.address, $0.user ?? "") < ($1.address, $1.user ?? "") }
    }

    /// How many passwords needed no check since the start, because they had been verified a moment before.
    package var cacheHits: Int { state.withLock { $0.cacheHits } }

    /// Takes a lock away; false when none with this id is in force. Audited.
    package func unlock(id: String, by user: String) async -> Bool {
        let now = time.monotonic
        let own = state.withLock { $0.lockout.unlock(id: id, at: now) }
        guard let lock = own ?? passwords.unlock(id: id) else { return false }
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
