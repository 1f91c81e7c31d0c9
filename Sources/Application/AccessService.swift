package import Access
package import JobEngine
import Values

/// Sessions, tokens and locks as their owners and administrators handle them: everybody has their own, root has all.
package struct AccessService: Sendable {
    private let logins: LoginService
    private let audit: AuditService

    /// - Parameter logins: Checks credentials, and writes its own audit records.
    package init(logins: LoginService, audit: AuditService) {
        self.logins = logins
        self.audit = audit
    }

    // MARK: Sessions

    /// Opens a session for somebody who has just shown name and password.
    ///
    /// - Throws: ``JobError/Code/permissionDenied`` for a session or token, which would outlive its own end;
    ///   ``AccessError`` when it cannot be kept.
    package func openSession(
        for principal: Principal, asking origin: JobRecord.Request
    ) async throws -> OpenedSession {
        if principal.method == .session || principal.method == .token {
            let text = "A session or token cannot open another one: log in with name and password."
            await audit.note(.denied, by: principal, asking: origin, detail: text)
            throw JobError(.permissionDenied, text)
        }
        return try await logins.openSession(for: principal, from: origin.address)
    }

    /// The sessions somebody may know of, newest first.
    ///
    /// - Throws: `unavailable` when they cannot be read now.
    package func sessions(for principal: Principal) async throws(AccessError) -> [Session] {
        try await logins.sessions(of: principal.isRoot ? nil : principal.name)
    }

    /// The session of an id, when somebody may know of it.
    ///
    /// - Throws: ``JobError/Code/objectMissing``, or ``AccessError``.
    package func session(_ id: String, for principal: Principal) async throws -> Session {
        guard let session = try await sessions(for: principal).first(where: { $0.id == id }) else {
            throw JobError(.objectMissing, "There is no session '\(id.echoed)', or it is not yours.")
        }
        return session
    }

    /// Ends a session.
    ///
    /// - Throws: `unavailable` when that cannot be kept.
    package func end(_ session: Session, by principal: Principal) async throws(AccessError) {
        _ = try await logins.revokeSession(id: session.id, by: principal.name)
    }

    // MARK: Tokens

    /// Makes a token with which a program acts as its owner.
    ///
    /// - Throws: ``JobError/Code/permissionDenied`` for a token, and for a user who has as many as one may have;
    ///   ``AccessError`` when it cannot be kept.
    package func makeToken(
        _ request: TokenRequest, for principal: Principal, from address: String
    ) async throws -> MadeToken {
        try requireMayMakeTokens(principal)
        let made = try await logins.makeToken(
            for: principal, name: request.name, roles: request.roles.map { Set($0) },
            lifetime: request.seconds.map { .seconds($0) }, from: address)
        if let made { return made }
        throw JobError(
            .permissionDenied,
            "You have \(logins.policy.tokensPerUser) tokens, the most a user may have: end one first.")
    }

    /// Refuses somebody who may make no token, before anything else is looked at: one that could make tokens would outlive its
    /// own end.
    ///
    /// - Throws: ``JobError/Code/permissionDenied``.
    package func requireMayMakeTokens(_ principal: Principal) throws(JobError) {
        guard principal.method != .token else {
            throw JobError(.permissionDenied, "A token cannot make another one: log in with name and password.")
        }
    }

    /// The tokens somebody may know of, newest first.
    ///
    /// - Throws: `unavailable` when they cannot be read now.
    package func tokens(for principal: Principal) async throws(AccessError) -> [APIToken] {
        try await logins.apiTokens(of: principal.isRoot ? nil : principal.name)
    }

    /// The token of an id, when somebody may know of it.
    ///
    /// - Throws: ``JobError/Code/objectMissing``, or ``AccessError``.
    package func token(_ id: String, for principal: Principal) async throws -> APIToken {
        guard let token = try await tokens(for: principal).first(where: { $0.id == id }) else {
            throw JobError(.objectMissing, "There is no token '\(id.echoed)', or it is not yours.")
        }
        return token
    }

    /// Ends a token.
    ///
    /// - Throws: `unavailable` when that cannot be kept.
    package func end(_ token: APIToken, by principal: Principal) async throws(AccessError) {
        _ = try await logins.revokeToken(id: token.id, by: principal.name)
    }

    // MARK: Locks

    /// Locks in force after failed logins, by address and user.
    package var lockouts: [LoginLock] { logins.lockouts() }

    /// Lifts a lock.
    ///
    /// - Throws: ``JobError/Code/objectMissing``, or ``AccessError`` when it cannot end on every node.
    package func unlock(_ id: String, by principal: Principal) async throws {
        guard try await logins.unlock(id: id, by: principal.name) else {
            throw JobError(.objectMissing, "There is no lock '\(id.echoed)'; it may have ended by itself.")
        }
    }
}
