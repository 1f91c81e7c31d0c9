import Certificates
import Synchronization

extension LoginService {
    /// Every token's secret begins with this, so that it is told from others and found by secret scanners.
    static let apiTokenPrefix = "confd_token_"

    /// Makes a token with which a program acts as the principal, with these of the principal's roles, or all there are
    /// at the time of use. Audited.
    ///
    /// A principal with only some of the user's rights makes tokens with those at most.
    ///
    /// - Returns: `nil` when the user has as many tokens as the policy allows.
    /// - Throws: `unavailable` when the token could not be kept, `authenticationFailed` when the user's logins ended since
    ///   the principal proved who they are.
    package func makeToken(
        for principal: Principal, name: String, roles: Set<String>?, lifetime: Duration?, from address: String
    ) async throws(AccessError) -> MadeToken? {
        let secret = Self.apiTokenPrefix + SecureRandom.hex(bytes: 32)
        let now = time.now
        let limit = principal.isLimited ? principal.roles.intersection(roles ?? principal.roles) : roles
        let token = APIToken(
            id: SecureRandom.hex(bytes: 8), secretHash: Self.hash(secret), name: name, user: principal.name,
            roles: limit?.sorted(), certificate: principal.credential.certificate, madeAt: now,
            expiresAt: lifetime.map { Self.later(now, $0.milliseconds) })
        guard try await tokens.add(token, limit: policy.tokensPerUser, asOf: principal.asOf) else { return nil }
        await record(token, as: .tokenMade, by: principal.name, from: address)
        return MadeToken(secret: secret, token: token)
    }

    /// Tokens of one user, or of all when `user` is `nil`, that have not ended; newest first.
    package func apiTokens(of user: String? = nil) async throws(AccessError) -> [APIToken] {
        let now = time.now
        return try await tokens.tokens(of: user).filter { $0.isAlive(at: now) }
    }

    /// Ends a token at once and returns it; `nil` when there is none with this id. Audited.
    package func revokeToken(id: String, by user: String) async throws(AccessError) -> APIToken? {
        guard let token = try await tokens.removeToken(id: id) else { return nil }
        noteChange()
        await record(token, as: .tokenRevoked, by: user, from: nil)
        return token
    }

    // As with sessions, nobody can guess a secret of 256 bits, so a failure counts against nobody.
    func authenticate(apiToken secret: String, _ stranger: Attempt) async throws(AccessError) -> Principal {
        guard let token = try await tokens.token(secretHash: Self.hash(secret)) else {
            throw await refused(stranger.by("", .token), "token unknown")
        }
        let attempt = stranger.by(token.user, .token)
        guard token.isAlive(at: time.now) else { throw await refused(attempt, "token ended") }
        guard isBelieved(token.certificate) else {
            throw await refused(attempt, "the certificate the token was made with is not believed any more")
        }
        guard let principal = try await enabledPrincipal(attempt) else {
            throw await refused(attempt, "token's user is gone or may not log in")
        }
        try await noteUse(of: token)
        let proven = principal.vouched(by: token.certificate)
            .proven(by: .token(token.secretHash), since: attempt.start, until: token.expiresAt)
        return token.roles.map { proven.limited(to: Set($0)) } ?? proven
    }

    func noteUse(of token: APIToken) async throws(AccessError) {
        let now = time.now
        guard now - (token.lastUsedAt ?? .min / 2) >= 60_000 else { return }
        try await unlessFull { () async throws(AccessError) in try await tokens.noteUse(of: token.id, at: now) }
    }

    private func record(_ token: APIToken, as kind: AuditEvent.Kind, by user: String, from address: String?) async {
        await audit.record(
            AuditEvent(
                kind: kind, time: time.now, user: token.user, address: address, method: .token,
                fields: ["token_id": token.id, "name": token.name, "by": user]))
    }
}
