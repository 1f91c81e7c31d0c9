package import Certificates
import Synchronization
import Waiting

/// Turns what a caller shows into a principal, and keeps guessing expensive.
///
/// Every refusal has one text and one time, whatever the reason; the reason goes to the audit log. Many callers that show
/// the same credential at the same moment cost one check.
package final class LoginService: Sendable {
    struct State {
        var lockout: Lockout
        var cache: CredentialCache
        /// The outcome of the check under way that a caller with the same credential may wait for, too.
        var joinable: [CredentialCache.Key: Waiter<Outcome>] = [:]
        var cacheHits = 0
        /// Logins that wait for answers.
        var pending = PendingLogins()
        /// Checks that have a place, and those that wait for one.
        var line: PasswordCheckQueue
        var inLine: [UInt64: Waiter<UInt64?>] = [:]
        /// How often something changed by which somebody was let in, and who is told of it.
        var changes: UInt64 = 0
        var watches: [UInt64: @Sendable () -> Void] = [:]
        var lastWatch: UInt64 = 0
        /// Since when passwords of users are others, in monotonic time.
        var newPasswords: [String: Duration] = [:]
        /// Whoever tells other nodes of locks.
        var sharing: (any LockSharing)?
    }

    /// How a check ended, for everybody who waited for it.
    enum Outcome: Sendable {
        case accepted(Principal)
        case refused(String)
        case mustChangePassword
        case unavailable(String)
    }

    /// One request to be let in.
    struct Attempt: Sendable {
        let user: String
        let address: String
        let method: Principal.Method
        let start: Duration
        /// The revision in force at the start.
        let asOf: Int

        /// The same attempt, once it is known whose it is.
        func by(_ user: String, _ method: Principal.Method) -> Attempt {
            Attempt(user: user, address: address, method: method, start: start, asOf: asOf)
        }
    }

    /// An attempt that begins now.
    func attempt(_ user: String, _ method: Principal.Method, from address: String) -> Attempt {
        Attempt(
            user: user, address: address, method: method, start: time.monotonic, asOf: directory.revision)
    }

    /// Times and limits that hold here.
    package let policy: LoginPolicy
    let authenticator: any Authenticator
    let directory: any Directory
    let store: any SessionStore
    let tokens: any TokenStore
    let audit: any AuditLog
    let time: any TimeSource
    /// Why a client certificate is not believed any more; `nil` when it is.
    let certificateRefusal: @Sendable (CertificateID) -> String?
    /// Counts guesses at passwords that are nobody's.
    let passwords: PasswordGuard
    let keys = CredentialKeys()
    let state: Mutex<State>

    /// A service with nobody locked and nothing remembered.
    ///
    /// - Parameters:
    ///   - certificateRefusal: Why a client certificate is not believed any more, for the audit log; `nil` when it is. Asked
    ///     at each request, and for whatever lasts.
    ///   - passwords: Whose locks are listed and lifted with those of logins; one of its own without it.
    package init(
        authenticator: any Authenticator,
        directory: any Directory,
        sessions: any SessionStore,
        tokens: any TokenStore,
        audit: any AuditLog,
        time: any TimeSource,
        policy: LoginPolicy = LoginPolicy(),
        certificateRefusal: @escaping @Sendable (CertificateID) -> String? = { _ in nil },
        passwords: PasswordGuard? = nil
    ) {
        self.policy = policy
        self.passwords = passwords ?? PasswordGuard(policy: policy.lockout, audit: audit, time: time)
        self.authenticator = authenticator
        self.directory = directory
        self.store = sessions
        self.tokens = tokens
        self.audit = audit
        self.time = time
        self.certificateRefusal = certificateRefusal
        state = Mutex(
            State(
                lockout: Lockout(policy: policy.lockout),
                cache: CredentialCache(
                    lifetime: min(policy.cacheLifetime, LoginPolicy.longestCache), capacity: policy.cacheCapacity),
                line: PasswordCheckQueue(policy)))
    }

    /// The principal a credential stands for. `address` is the caller's, without port; empty for a local socket.
    ///
    /// A failure is answered no earlier than the policy's floor; waiting holds no thread. Verified, refused and
    /// undecided credentials are audited; one that is remembered from a moment ago is not audited again.
    ///
    /// - Throws: `authenticationFailed`, `rateLimited` or `unavailable`.
    package func authenticate(
        _ credential: Credential, from address: String
    ) async throws(AccessError) -> Principal {
        switch credential {
        case .basic(let user, let password):
            try await authenticate(user: user, password: password, from: address)
        case .bearer(let token):
            try await authenticate(token: token, from: address)
        }
    }

    /// The principal behind a name that the transport has proven: client certificate or peer of a local socket.
    ///
    /// Unless the policy allows it, a certificate does not make root: the user of that name is refused, and whoever has
    /// the role is without it.
    ///
    /// - Parameter certificate: The client certificate that names the user.
    /// - Throws: `authenticationFailed` when the directory does not know the user, the user may not log in or the
    ///   certificate was taken back, `unavailable`.
    package func recognise(
        user: String, method: Principal.Method, certificate: CertificateID? = nil, from address: String
    ) async throws(AccessError) -> Principal {
        let attempt = attempt(user, method, from: address)
        if let reason = certificate.flatMap(certificateRefusal) { throw await refused(attempt, reason) }
        guard let known = try await enabledPrincipal(attempt) else {
            throw await refused(attempt, "unknown user, or login not enabled")
        }
        guard let allowed = granted(known, by: method) else {
            throw await refused(attempt, "root by a certificate is not allowed")
        }
        return allowed.vouched(by: certificate)
    }

    /// What remains of a principal's rights, given how they proved who they are; `nil` when they may not
    /// come in that way.
    func granted(_ principal: Principal, by method: Principal.Method) -> Principal? {
        let mayBeRoot =
            switch method {
            case .certificate: policy.certificatesGrantRoot
            case .peer: principal.userID == 0
            default: true
            }
        if mayBeRoot || !principal.isRoot { return principal }
        if principal.name == Principal.rootName { return nil }
        return principal.restricted(to: principal.roles.subtracting([Principal.rootName]))
    }

    /// Forgets remembered credentials and roles: call it when users, groups, settings, the PAM file or the authorities of
    /// client certificates changed.
    package func drop() {
        state.withLock { state in
            state.cache.drop()
            // Who waits already gets the outcome; who comes later must not join a check begun before the change.
            state.joinable.removeAll()
        }
        noteChange()
    }

    /// Forgets what one user has proven, and ends what lasts of the former password: call it when the user has
    /// a new one.
    package func drop(user: String) {
        let now = time.monotonic
        state.withLock { state in
            state.cache.drop(user: user)
            state.joinable.removeAll()
            state.newPasswords[user] = now
        }
        noteChange()
    }
}
