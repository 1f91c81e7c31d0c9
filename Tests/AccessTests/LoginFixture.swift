import Access
import Certificates
import Support

/// A login service on ports in memory, with everything a test may look at.
struct LoginFixture {
    let time = ManualTime()
    let authenticator: ScriptedAuthenticator
    let directory = MemoryDirectory(
        [
            DirectoryEntry(name: "anna", userID: 1001, groupIDs: [499], roles: ["exaadm"]),
            DirectoryEntry(name: "root", userID: 0, groupIDs: [0], roles: ["root"]),
            DirectoryEntry(name: "locked", userID: 1002, roles: ["exaadm"], loginEnabled: false),
        ], token: "MTIzOjQ1Ng==")
    let sessions = InMemorySessions()
    let tokens = InMemoryTokens()
    let audit = InMemoryAudit()
    let service: LoginService

    init(
        policy: LoginPolicy = LoginPolicy(), authenticator: ScriptedAuthenticator = ScriptedAuthenticator(),
        certificateRefusal: @escaping @Sendable (CertificateID) -> String? = { _ in nil }
    ) {
        self.authenticator = authenticator
        service = LoginService(
            authenticator: authenticator, directory: directory, sessions: sessions, tokens: tokens, audit: audit,
            time: time, policy: policy, certificateRefusal: certificateRefusal)
    }

    func login(
        _ user: String, _ password: String, from address: String = "192.0.2.7"
    ) async throws(AccessError) -> Principal {
        try await service.authenticate(.basic(user: user, password: Password(password)), from: address)
    }

    /// The error of a login that has to fail; `nil` when it did not.
    func failure(_ user: String, _ password: String, from address: String = "192.0.2.7") async -> AccessError? {
        do {
            _ = try await login(user, password, from: address)
            return nil
        } catch {
            return error
        }
    }

    func use(_ token: String, from address: String = "192.0.2.7") async throws(AccessError) -> Principal {
        try await service.authenticate(.bearer(token: token), from: address)
    }
}
