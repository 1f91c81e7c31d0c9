import Certificates
import Synchronization

extension LoginService {
    /// Every session token begins with this, so that it is told from the cluster's token and found by secret scanners.
    static let tokenPrefix = "confd_session_"

    /// Whether a credential has the form of one, so that it is worth being looked up.
    package static func isPossible(_ credential: Credential) -> Bool {
        switch credential {
        case .basic: return true
        case .bearer(let token):
            guard let prefix = [tokenPrefix, apiTokenPrefix].first(where: { token.hasPrefix($0) }) else {
                // The cluster's token is what the operator made it.
                return token.utf8.count <= 1024
            }
            let secret = token.utf8.dropFirst(prefix.utf8.count)
            return secret.count == 64 && secret.allSatisfy { "0123456789abcdef".utf8.contains($0) }
        }
    }

    /// Opens a session for a principal who has just proven who they are. Of too many, the one not used for longest
    /// ends. Audited.
    ///
    /// - Throws: `unavailable` when the session could not be kept, `authenticationFailed` when the user's logins ended
    ///   since the principal proved who they are.
    package func openSession(
        for principal: Principal, from address: String
    ) async throws(AccessError) -> OpenedSession {
        let token = Self.tokenPrefix + SecureRandom.hex(bytes: 32)
        let now = time.now
        let session = Session(
            id: SecureRandom.hex(bytes: 8), tokenHash: Self.hash(token),
            user: principal.name, openedBy: principal.method, certificate: principal.credential.certificate,
            address: address, openedAt: now, lastUsedAt: now,
            expiresAt: Self.later(now, policy.sessionLifetime.milliseconds))
        let idleSince = Self.later(now, -policy.sessionIdleLimit.milliseconds)
        try await store.removeExpired(at: now, lastUsedBefore: idleSince)
        try await store.add(session, asOf: principal.asOf)
        try await store.keepNewest(policy.sessionsPerUser, of: principal.name)
        await record(session, .sessionOpened, by: principal.name)
        return OpenedSession(token: token, session: session)
    }

    /// Living sessions of one user, or of all when `user` is `nil`; newest first.
    package func sessions(of user: String? = nil) async throws(AccessError) -> [Session] {
        let now = time.now
        return try await store.list(user: user).filter { session in
            session.isAlive(at: now, idleLimit: policy.sessionIdleLimit) && isBelieved(session.certificate)
        }
    }

    /// Ends a session at once and returns it; `nil` when there is none with this id. Audited as logout or revocation.
    package func revokeSession(id: String, by user: String) async throws(AccessError) -> Session? {
        guard let session = try await store.revoke(id: id) else { return nil }
        noteChange()
        await record(session, session.user == user ? .logout : .sessionRevoked, by: user)
        return session
    }

    /// The principal whose session a token belongs to; any other token is refused, that of the cluster included.
    ///
    /// - Throws: `authenticationFailed` or `unavailable`.
    package func authenticate(
        sessionToken: String, from address: String
    ) async throws(AccessError) -> Principal {
        try await authenticate(sessionToken: sessionToken, attempt("", .session, from: address))
    }

    /// The living session a token belongs to, without counting as a use; `nil` for any other token.
    package func session(token: String) async throws(AccessError) -> Session? {
        token.hasPrefix(Self.tokenPrefix) ? try await session(hash: Self.hash(token)) : nil
    }

    /// The living session with this hash of its token.
    func session(hash: [UInt8]) async throws(AccessError) -> Session? {
        guard let session = try await store.find(tokenHash: hash), isBelieved(session.certificate) else { return nil }
        return session.isAlive(at: time.now, idleLimit: policy.sessionIdleLimit) ? session : nil
    }

    func authenticate(token: String, from address: String) async throws(AccessError) -> Principal {
        let attempt = attempt("", .bearer, from: address)
        if token.hasPrefix(Self.tokenPrefix) { return try await authenticate(sessionToken: token, attempt) }
        if token.hasPrefix(Self.apiTokenPrefix) { return try await authenticate(apiToken: token, attempt) }
        let standing = state.withLock { $0.lockout.tokenStanding(address: address, at: attempt.start) }
        if let standing { throw await turnedAway(attempt, standing) }
        if let current = await directory.bearerToken(), Self.isClusterToken(current, hash: Self.hash(token)) {
            return Self.clusterPrincipal.proven(asOf: attempt.asOf)
                .proven(by: .clusterToken(Self.hash(token)), since: attempt.start)
        }
        await countFailure(attempt, wasAdmitted: false)
        throw await refused(attempt, "unknown bearer token")
    }

    // 256 random bits cannot be guessed, so a failure counts against nobody: a page left open must not lock its address.
    private func authenticate(sessionToken: String, _ attempt: Attempt) async throws(AccessError) -> Principal {
        guard let session = try await session(token: sessionToken) else {
            throw await refused(attempt.by("", .session), "session unknown or ended")
        }
        let attempt = attempt.by(session.user, .session)
        guard let principal = try await enabledPrincipal(attempt) else {
            try await endAbandoned(session)
            throw await refused(attempt, "session's user is gone or may not log in")
        }
        guard let allowed = granted(principal, by: session.openedBy) else {
            throw await refused(attempt, "root by a certificate is not allowed")
        }
        try await keepUse(of: session)
        return allowed.vouched(by: session.certificate)
            .proven(by: .session(session.tokenHash), since: attempt.start, until: session.expiresAt).within(session)
    }

    // Where another node decides it is refused all the same, and ends there.
    private func endAbandoned(_ session: Session) async throws(AccessError) {
        do throws(AccessError) {
            _ = try await revokeSession(id: session.id, by: Principal.daemon.name)
        } catch {
            if error != .noMaster { throw error }
        }
    }

    // Once a minute is exact enough for the idle limit and spares a write per request.
    func keepUse(of session: Session) async throws(AccessError) {
        let now = time.now
        guard now - session.lastUsedAt >= min(60_000, policy.sessionIdleLimit.milliseconds / 4) else { return }
        try await unlessFull { () async throws(AccessError) in try await store.noteUse(of: session.id, at: now) }
    }

    // Whoever is known is let in though there is no room to note it: how else could anybody make room?
    func unlessFull(_ note: () async throws(AccessError) -> Void) async throws(AccessError) {
        do throws(AccessError) {
            try await note()
        } catch {
            if error != .outOfSpace { throw error }
        }
    }

    /// Whoever has the cluster's token.
    static let clusterPrincipal = Principal(
        name: Principal.rootName, roles: [Principal.rootName], userID: 0, method: .bearer)

    // Compared are digests: their length is the same whatever the caller sent.
    static func isClusterToken(_ current: String, hash: [UInt8]) -> Bool {
        !current.isEmpty && ConstantTime.equal(hash, Self.hash(current))
    }

    // A setting of thousands of years means for ever, not an overflow.
    static func later(_ time: Int64, _ span: Int64) -> Int64 {
        let (sum, overflow) = time.addingReportingOverflow(span)
        return overflow ? (span < 0 ? .min : .max) : sum
    }

    static func hash(_ token: String) -> [UInt8] { Digest.sha256(Array(token.utf8)) }

    private func record(_ session: Session, _ kind: AuditEvent.Kind, by user: String) async {
        await audit.record(
            AuditEvent(
                kind: kind, time: time.now, user: session.user, address: session.address, method: session.openedBy,
                fields: ["session_id": session.id, "by": user]))
    }
}
