import Synchronization

extension LoginService {
    /// The error for a refusal, once it is audited and its time has come.
    func refused(_ attempt: Attempt, _ reason: String) async -> AccessError {
        await record(.refusal, of: attempt, detail: reason)
        let limit = max(1, policy.failureJitter.milliseconds)
        let jitter = Duration.milliseconds(Int64.random(in: 0..<limit))
        let answerTime = policy.answerTime(start: attempt.start, now: time.monotonic, jitter: jitter)
        await time.sleep(until: answerTime)
        return .authenticationFailed
    }

    /// Counts a failure and audits the lock when it was the last one borne.
    func countFailure(_ attempt: Attempt, wasAdmitted: Bool = true) async {
        let now = time.monotonic
        let lock = state.withLock { state in
            if attempt.method == .bearer { return state.lockout.failToken(address: attempt.address, at: now) }
            let lock = state.lockout.fail(
                user: attempt.user, address: attempt.address, wasAdmitted: wasAdmitted, at: now)
            if lock?.user != nil { state.cache.drop(user: attempt.user) }
            return lock
        }
        guard let lock else { return }
        share(lock, at: now)
        await audit.record(
            AuditEvent(
                kind: .lockout, time: time.now, user: lock.user, address: lock.address, method: attempt.method,
                detail: "too many failures",
                fields: ["lockout_id": lock.id, "seconds": "\((lock.until - now).components.seconds)"]))
    }

    func record(
        _ kind: AuditEvent.Kind, of attempt: Attempt, detail: String?, fields: [String: String] = [:]
    ) async {
        await audit.record(
            AuditEvent(
                kind: kind, time: time.now, user: attempt.user.isEmpty ? nil : attempt.user,
                address: attempt.address, method: attempt.method, detail: detail, fields: fields))
    }

    /// The directory's user as a principal, from memory when the user was looked up a moment ago; `nil` when there is
    /// no such user or the user may not log in.
    func enabledPrincipal(_ attempt: Attempt) async throws(AccessError) -> Principal? {
        guard attempt.method != .password else { return try await lookedUp(attempt) }
        let key = keys.key(method: attempt.method, name: attempt.user)
        let (known, generation) = state.withLock { state in
            (state.cache.principal(for: key, at: attempt.start), state.cache.generation)
        }
        if let known { return known.proven(asOf: attempt.asOf) }
        guard let principal = try await lookedUp(attempt) else { return nil }
        let now = time.monotonic
        let longest = attempt.method == .internal ? Self.longestMemoryOfLasting : nil
        state.withLock { state in
            state.cache.keep(principal, for: key, generation: generation, at: now, atMost: longest)
        }
        return principal
    }

    // Whatever lasts asks every 15 s: that and this are the minute after which an account is looked up again.
    private static let longestMemoryOfLasting = Duration.seconds(45)

    private func lookedUp(_ attempt: Attempt) async throws(AccessError) -> Principal? {
        guard let entry = try await directory.entry(of: attempt.user), entry.loginEnabled else { return nil }
        return entry.principal(method: attempt.method).proven(asOf: attempt.asOf)
    }
}
