import Synchronization
import Waiting

extension LoginService {
    private enum Step {
        case known(Principal)
        case join(Waiter<Outcome>)
        case check(Waiter<Outcome>, generation: UInt64)
        case turnedAway(Lockout.Admission)
    }

    func authenticate(
        user: String, password: Password, from address: String
    ) async throws(AccessError) -> Principal {
        let attempt = attempt(user, .password, from: address)
        guard Self.isUsable(name: user), !password.isUnusable else {
            throw await refusedUnchecked(attempt)
        }
        let key = keys.key(user: user, password: password, address: address)
        switch next(attempt, key) {
        case .known(let principal):
            return principal
        case .turnedAway(let admission):
            throw await turnedAway(attempt, admission)
        case .check(let check, let generation):
            let outcome = await decide(attempt, password)
            await settle(attempt, as: outcome, of: check, key: key, generation: generation)
            return try await answer(attempt, outcome)
        case .join(let check):
            return try await answer(attempt, await check.answer())
        }
    }

    /// The error for an attempt the lockout does not let through.
    func turnedAway(_ attempt: Attempt, _ admission: Lockout.Admission) async -> AccessError {
        switch admission {
        case .rateLimited(let until):
            await record(.refusal, of: attempt, detail: "address is limited")
            return .rateLimited(retryAfter: max(.seconds(1), until - attempt.start))
        case .busy:
            await record(.refusal, of: attempt, detail: "as many attempts under way as failures left")
            return .rateLimited(retryAfter: .seconds(1))
        case .slowed(let until):
            await record(.refusal, of: attempt, detail: "guesses at local root are slowed")
            return .rateLimited(retryAfter: max(.seconds(1), until - attempt.start))
        case .locked, .admitted:
            return await refused(attempt, "user is locked at this address")
        }
    }

    static func isUsable(name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 256 && !name.utf8.contains { $0 < 0x20 || $0 == 0x7F }
    }

    // Lock before cache: otherwise the cache would answer guesses without end.
    private func next(_ attempt: Attempt, _ key: CredentialCache.Key) -> Step {
        let now = time.monotonic
        removeOutlivedLogins()
        return state.withLock { state in
            if let standing = state.lockout.standing(user: attempt.user, address: attempt.address, at: now) {
                return .turnedAway(standing)
            }
            if let principal = state.cache.principal(for: key, at: now) {
                state.cacheHits &+= 1
                return .known(principal)
            }
            if let check = state.joinable[key] { return .join(check) }
            let admission = state.lockout.admit(user: attempt.user, address: attempt.address, at: now)
            guard admission == .admitted else { return .turnedAway(admission) }
            let check = Waiter<Outcome>()
            state.joinable[key] = check
            return .check(check, generation: state.cache.generation)
        }
    }

    /// Refuses what no account database may be asked: an empty password would open some directory servers.
    func refusedUnchecked(_ attempt: Attempt) async -> AccessError {
        let user = Self.isUsable(name: attempt.user) ? attempt.user : ""
        let attempt = attempt.by(user, attempt.method)
        let standing = state.withLock {
            $0.lockout.standing(user: user, address: attempt.address, at: attempt.start)
        }
        if let standing { return await turnedAway(attempt, standing) }
        await countFailure(attempt, wasAdmitted: false)
        return await refused(attempt, user.isEmpty ? "unusable user name" : "empty or unusable password")
    }

    private func decide(_ attempt: Attempt, _ password: Password) async -> Outcome {
        let verdict = await inTurn(attempt) {
            await authenticator.check(user: attempt.user, password: password, from: attempt.address)
        }
        switch verdict {
        case nil:
            return .unavailable("too many checks wait")
        case .refused(let detail):
            return .refused(detail)
        case .mustChangePassword:
            return .mustChangePassword
        case .unavailable(let detail):
            return .unavailable(detail)
        case .accepted:
            break
        }
        do {
            guard let principal = try await enabledPrincipal(attempt) else {
                return .refused("password accepted, but unknown user or login not enabled")
            }
            return .accepted(principal.proven(by: .password, since: attempt.start))
        } catch {
            return .unavailable("directory: \(error.code)")
        }
    }

    private func settle(
        _ attempt: Attempt, as outcome: Outcome, of check: Waiter<Outcome>, key: CredentialCache.Key,
        generation: UInt64
    ) async {
        switch outcome {
        case .accepted(let principal):
            let now = time.monotonic
            state.withLock { state in
                state.lockout.succeed(user: attempt.user, address: attempt.address)
                state.cache.keep(principal, for: key, generation: generation, at: now)
            }
        case .refused:
            await countFailure(attempt)
        case .mustChangePassword, .unavailable:
            state.withLock { $0.lockout.release(user: attempt.user, address: attempt.address) }
        }
        state.withLock { state in
            if state.joinable[key] === check { state.joinable.removeValue(forKey: key) }
        }
        check.resume(returning: outcome)
    }

    private func answer(_ attempt: Attempt, _ outcome: Outcome) async throws(AccessError) -> Principal {
        switch outcome {
        case .accepted(let principal):
            await record(.login, of: attempt, detail: nil)
            return principal
        case .refused(let reason):
            throw await refused(attempt, reason)
        case .mustChangePassword:
            throw await refused(attempt, "password has to be changed")
        case .unavailable(let reason):
            await record(.unavailable, of: attempt, detail: reason)
            throw .unavailable(retryAfter: policy.unavailableRetry)
        }
    }
}
