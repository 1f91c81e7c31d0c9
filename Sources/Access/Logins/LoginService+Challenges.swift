import Certificates
import Synchronization

extension LoginService {
    /// Begins a login that may be asked more than the password: a one-time code, a new password for an expired one.
    ///
    /// The account database is always asked; nothing is remembered of the password. Refusals, locks and their times are
    /// those of ``authenticate(_:from:)``.
    ///
    /// - Throws: `authenticationFailed`, `rateLimited` or `unavailable`.
    package func beginLogin(
        user: String, password: Password, from address: String
    ) async throws(AccessError) -> LoginProgress {
        let attempt = attempt(user, .password, from: address)
        guard Self.isUsable(name: user), !password.isUnusable else { throw await refusedUnchecked(attempt) }
        removeOutlivedLogins()
        let admission = state.withLock { $0.lockout.admit(user: user, address: address, at: attempt.start) }
        guard admission == .admitted else { throw await turnedAway(attempt, admission) }
        let step = await inTurn(attempt) {
            await authenticator.converse(user: user, password: password, from: address)
        }
        return try await proceed(
            attempt, step ?? .ended(.unavailable(detail: "too many checks wait"), passwordChanged: false))
    }

    /// Goes on with a login by the answers to what it asked.
    ///
    /// - Throws: `ChallengeError`; a challenge that is unknown, outlived, answered before or given to another address is
    ///   refused like a wrong password.
    package func answerChallenge(
        _ id: String, _ answers: [Password], from address: String
    ) async throws(ChallengeError) -> LoginProgress {
        removeOutlivedLogins()
        let stranger = attempt("", .password, from: address)
        guard let entry = try take(id, answers, from: address, at: stranger.start) else {
            throw .access(await refused(stranger, "challenge unknown or outlived"))
        }
        let attempt = Attempt(
            user: entry.attempt.user, address: address, method: .password, start: stranger.start,
            asOf: entry.attempt.asOf)
        let step = await entry.conversation.answer(answers)
        do throws(AccessError) {
            return try await proceed(attempt, step, rounds: entry.rounds)
        } catch {
            throw .access(error)
        }
    }

    /// Ends logins whose answers did not come, and gives their places back.
    func removeOutlivedLogins() {
        let now = time.monotonic
        let outlived = state.withLock { state in
            let outlived = state.pending.takeOutlived(at: now)
            for entry in outlived { state.lockout.release(user: entry.attempt.user, address: entry.attempt.address) }
            return outlived
        }
        for entry in outlived { entry.conversation.abandon() }
    }

    // Unusable answers leave the challenge as it is: a slip of the pen is no guess.
    private func take(
        _ id: String, _ answers: [Password], from address: String, at now: Duration
    ) throws(ChallengeError) -> PendingLogins.Entry? {
        let found = state.withLock { state -> Result<PendingLogins.Entry?, ChallengeError> in
            guard let entry = state.pending.entry(id, from: address, at: now) else { return .success(nil) }
            guard answers.count == entry.prompts else { return .failure(.wrongCount(expected: entry.prompts)) }
            if let place = answers.firstIndex(where: { $0.isUnusable || $0.count > 511 }) {
                return .failure(.unusable(place))
            }
            state.pending.remove(id)
            return .success(entry)
        }
        return try found.get()
    }

    private func proceed(
        _ attempt: Attempt, _ step: LoginStep, rounds: Int = 0
    ) async throws(AccessError) -> LoginProgress {
        switch step {
        case .asks(let prompts, let messages, let conversation):
            return .asks(
                try await park(
                    attempt, prompts: prompts, messages: messages, conversation: conversation, rounds: rounds + 1))
        case .ended(.accepted, let passwordChanged):
            return .proven(try await welcome(attempt, passwordChanged: passwordChanged))
        case .ended(.refused(let reason), _):
            await countFailure(attempt)
            throw await refused(attempt, reason)
        case .ended(.mustChangePassword, _):
            release(attempt)
            throw await refused(attempt, "password has to be changed")
        case .ended(.unavailable(let reason), _):
            release(attempt)
            await record(.unavailable, of: attempt, detail: reason)
            throw .unavailable(retryAfter: policy.unavailableRetry)
        }
    }

    private func park(
        _ attempt: Attempt, prompts: [LoginPrompt], messages: [String], conversation: any LoginConversation,
        rounds: Int
    ) async throws(AccessError) -> LoginChallenge {
        let id = SecureRandom.hex(bytes: 16)
        let entry = PendingLogins.Entry(
            attempt: attempt, conversation: conversation, prompts: prompts.count, rounds: rounds,
            until: time.monotonic + policy.challengePatience)
        let isKept = state.withLock { state in
            guard rounds <= policy.challengeRounds,
                state.pending.count(of: attempt.address) < policy.challengesPerAddress
            else { return false }
            state.pending.keep(entry, as: id)
            return true
        }
        guard isKept else {
            conversation.abandon()
            release(attempt)
            await record(.refusal, of: attempt, detail: "too many challenges")
            throw .rateLimited(retryAfter: policy.challengePatience)
        }
        await record(.challenge, of: attempt, detail: "\(prompts.count) prompts")
        return LoginChallenge(id: id, prompts: prompts, messages: messages, patience: policy.challengePatience)
    }

    private func welcome(_ attempt: Attempt, passwordChanged: Bool) async throws(AccessError) -> Principal {
        if passwordChanged {
            drop(user: attempt.user)
            await record(.passwordChanged, of: attempt, detail: nil)
        }
        let principal: Principal?
        do {
            principal = try await enabledPrincipal(attempt)
        } catch {
            release(attempt)
            throw error
        }
        guard let principal else {
            await countFailure(attempt)
            throw await refused(attempt, "password accepted, but unknown user or login not enabled")
        }
        state.withLock { $0.lockout.succeed(user: attempt.user, address: attempt.address) }
        await record(.login, of: attempt, detail: nil)
        return principal.proven(by: .password, since: attempt.start)
    }

    private func release(_ attempt: Attempt) {
        state.withLock { $0.lockout.release(user: attempt.user, address: attempt.address) }
    }
}
