import Certificates
import Synchronization
import Waiting

extension LoginService {
    /// Who a login that was accepted before is now, with the rights they have now and no more than the credential gave.
    ///
    /// It counts as a use of the session or token. Nothing is audited: what ends a login has a record of its own.
    ///
    /// - Throws: `authenticationFailed` when it is not accepted any more; `unavailable` when nobody can tell.
    package func recheck(_ credential: CredentialState) async throws(AccessError) -> Principal {
        guard isBelieved(credential.certificate), let user = try await present(credential),
            credential.userID == nil || user.userID == credential.userID
        else { throw .authenticationFailed }
        return user.standing(on: credential)
    }

    private func present(_ credential: CredentialState) async throws(AccessError) -> Principal? {
        // One look-up a minute serves everything that lasts of a user.
        let attempt = attempt(credential.user, .internal, from: "")
        switch credential.proof {
        case .password: return try await enabledPrincipal(attempt)
        case .session(let hash):
            guard let session = try await session(hash: hash), let user = try await enabledPrincipal(attempt) else {
                return nil
            }
            try await keepUse(of: session)
            return granted(user, by: session.openedBy)
        case .token(let hash):
            guard let token = try await tokens.token(secretHash: hash), token.isAlive(at: time.now),
                let user = try await enabledPrincipal(attempt)
            else { return nil }
            try await noteUse(of: token)
            return user
        case .clusterToken(let hash):
            guard let current = await directory.bearerToken(), Self.isClusterToken(current, hash: hash) else {
                return nil
            }
            return Self.clusterPrincipal
        case .peer(let userID):
            guard let name = try await peerName(userID) else { return nil }
            return try await principal(ofPeer: userID, named: name, attempt)
        case .named(let method): return try await enabledPrincipal(attempt).flatMap { granted($0, by: method) }
        }
    }

    /// Whether a certificate a login came from was not taken back.
    func isBelieved(_ certificate: CertificateID?) -> Bool { certificate.flatMap(certificateRefusal) == nil }

    /// Whether the user has another password now than the one they logged in with.
    func hasOutlivedPassword(_ credential: CredentialState) -> Bool {
        guard credential.proof == .password else { return false }
        return state.withLock { $0.newPasswords[credential.user].map { $0 >= credential.begin } ?? false }
    }

    /// Another number whenever something changed by which somebody was let in.
    var changes: UInt64 { state.withLock { $0.changes } }

    /// Has this called whenever something changed by which somebody was let in: a user, a group, a password, a session or a
    /// token. It must be quick.
    ///
    /// - Returns: What ends that, see ``endWatch(_:)``.
    @discardableResult
    package func onChange(_ call: @escaping @Sendable () -> Void) -> UInt64 {
        state.withLock { state in
            state.lastWatch &+= 1
            state.watches[state.lastWatch] = call
            return state.lastWatch
        }
    }

    func endWatch(_ number: UInt64) { state.withLock { _ = $0.watches.removeValue(forKey: number) } }

    /// Has a wait end when something changes by which somebody was let in, or has changed since there were so many changes.
    func answering(_ waiter: Waiter<Void>, after number: UInt64?, _ wait: () async -> Void) async {
        let watch = onChange { waiter.resume(returning: ()) }
        defer { endWatch(watch) }
        // Looked at once the wait is told of changes, so that none is missed between the two.
        if changes != number { waiter.resume(returning: ()) }
        await wait()
    }

    func noteChange() {
        let calls = state.withLock { state in
            state.changes &+= 1
            return Array(state.watches.values)
        }
        for call in calls { call() }
    }
}
