import Access
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
}
