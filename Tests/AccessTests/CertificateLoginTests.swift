import Access
import Certificates
import Support
import Synchronization
import Testing

/// What a client certificate is worth.
struct CertificateLoginTests {
    private func fixture(grantsRoot: Bool) -> LoginFixture {
        var policy = LoginPolicy()
        policy.certificatesGrantRoot = grantsRoot
        let fixture = LoginFixture(policy: policy)
        fixture.directory.set(DirectoryEntry(name: "rita", userID: 1003, roles: ["root", "exaadm"]))
        return fixture
    }

    @Test func aCertificateNeverMakesRootUnlessItIsAllowed() async throws {
        let fixture = fixture(grantsRoot: false)
        await #expect(throws: AccessError.authenticationFailed) {
            try await fixture.service.recognise(user: "root", method: .certificate, from: "192.0.2.7")
        }
        let rita = try await fixture.service.recognise(user: "rita", method: .certificate, from: "192.0.2.7")
        #expect(rita.roles == ["exaadm"] && !rita.isRoot && rita.isLimited)
        let anna = try await fixture.service.recognise(user: "anna", method: .certificate, from: "192.0.2.7")
        #expect(anna.roles == ["exaadm"] && !anna.isLimited)
        let peer = try await fixture.service.recognise(user: "root", method: .peer, from: "")
        #expect(peer.isRoot)
    }

    @Test func aSessionAndATokenGiveNoMoreThanTheCertificateTheyCameFrom() async throws {
        let fixture = fixture(grantsRoot: false)
        let rita = try await fixture.service.recognise(user: "rita", method: .certificate, from: "192.0.2.7")
        let session = try await fixture.service.openSession(for: rita, from: "192.0.2.7")
        let inSession = try await fixture.use(session.token)
        #expect(inSession.roles == ["exaadm"] && !inSession.isRoot)
        let token = try #require(
            await fixture.service.makeToken(
                for: inSession, name: "t", roles: nil, lifetime: nil, from: "192.0.2.7"))
        #expect(token.token.roles == ["exaadm"])
        #expect(try await !fixture.use(token.secret).isRoot)
    }

    @Test func aSettingAllowsIt() async throws {
        let fixture = fixture(grantsRoot: true)
        for user in ["root", "rita"] {
            let principal = try await fixture.service.recognise(user: user, method: .certificate, from: "192.0.2.7")
            #expect(principal.isRoot)
        }
    }

    // MARK: Certificates that were taken back

    private let mine = CertificateID(issuer: [0x30, 0x00], serialNumber: "07")
    private let other = CertificateID(issuer: [0x30, 0x00], serialNumber: "08")

    /// A service, and the certificates that are not believed by it.
    private func revoking() -> (LoginFixture, Revoked) {
        let revoked = Revoked()
        let fixture = LoginFixture { id in revoked.ids.withLock { $0.contains(id) } ? "it was revoked" : nil }
        return (fixture, revoked)
    }

    private func anna(_ fixture: LoginFixture, by id: CertificateID) async throws(AccessError) -> Principal {
        try await fixture.service.recognise(
            user: "anna", method: .certificate, certificate: id, from: "192.0.2.7")
    }

    @Test func aRevokedCertificateIsNoLogin() async throws {
        let (fixture, revoked) = revoking()
        _ = try await anna(fixture, by: mine)
        revoked.add(mine)
        await #expect(throws: AccessError.authenticationFailed) { try await anna(fixture, by: mine) }
        #expect(fixture.audit.events.last?.detail == "it was revoked")
        _ = try await anna(fixture, by: other)
    }

    @Test func itsSessionsTokensAndStreamsEndAndNoOthers() async throws {
        let (fixture, revoked) = revoking()
        var streams: [LastingLogin] = []
        var credentials: [String] = []
        for id in [mine, other] {
            let anna = try await anna(fixture, by: id)
            streams.append(LastingLogin(anna, logins: fixture.service, time: fixture.time))
            credentials.append(try await fixture.service.openSession(for: anna, from: "192.0.2.7").token)
            let made = try await fixture.service.makeToken(
                for: anna, name: "t", roles: nil, lifetime: nil, from: "192.0.2.7")
            credentials.append(try #require(made).secret)
        }
        for credential in credentials {
            let known = try await fixture.use(credential)
            streams.append(LastingLogin(known, logins: fixture.service, time: fixture.time))
        }
        for index in streams.indices { try await streams[index].check() }
        revoked.add(mine)
        fixture.service.drop()
        var ended: [Int] = []
        for index in streams.indices {
            do throws(AccessError) {
                try await streams[index].check()
            } catch {
                #expect(error == .authenticationFailed)
                ended.append(index)
            }
        }
        // The certificate's own stream, and those of its session and token.
        #expect(ended == [0, 2, 3])
        for credential in credentials.prefix(2) {
            await #expect(throws: AccessError.authenticationFailed) { try await fixture.use(credential) }
        }
        for credential in credentials.suffix(2) { #expect(try await fixture.use(credential).name == "anna") }
        #expect(try await fixture.service.sessions(of: "anna").map(\.certificate) == [other])
    }

    @Test func whatASessionOfACertificateMakesEndsWithItToo() async throws {
        let (fixture, revoked) = revoking()
        let session = try await fixture.service.openSession(for: anna(fixture, by: mine), from: "192.0.2.7")
        let inSession = try await fixture.use(session.token)
        let token = try #require(
            await fixture.service.makeToken(
                for: inSession, name: "t", roles: ["exaadm"], lifetime: nil, from: "192.0.2.7"))
        #expect(try await fixture.use(token.secret).roles == ["exaadm"])
        revoked.add(mine)
        await #expect(throws: AccessError.authenticationFailed) { try await fixture.use(token.secret) }
    }
}

/// Certificates that are not believed any more.
private final class Revoked: Sendable {
    let ids = Mutex<Set<CertificateID>>([])

    func add(_ id: CertificateID) { ids.withLock { _ = $0.insert(id) } }
}
