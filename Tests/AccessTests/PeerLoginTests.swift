import Access
import Support
import Testing

/// Who the operating system says is at the other end of a local socket.
struct PeerLoginTests {
    private func fixture() -> LoginFixture {
        let fixture = LoginFixture()
        fixture.directory.set(DirectoryEntry(name: "rita", userID: 1003, roles: ["root", "exaadm"]))
        fixture.directory.set(DirectoryEntry(name: "root", userID: 0, roles: ["root"], loginEnabled: false))
        fixture.directory.setAccounts([1001: "anna", 1002: "locked", 1003: "rita", 2001: "anna", 3000: "stranger"])
        return fixture
    }

    private func recognise(
        _ fixture: LoginFixture, _ userID: Int, as user: String? = nil
    ) async throws(AccessError) -> Principal {
        try await fixture.service.recognise(peer: userID, as: user, from: "local")
    }

    @Test func theSuperuserIsRootWhateverEXAConfSaysOfRootsLogin() async throws {
        let root = try await recognise(fixture(), 0)
        #expect(root.name == "root" && root.isRoot && root.method == .peer)
    }

    @Test func theAccountOfADaemonThatIsNotRootsIsRootOfItsCluster() async throws {
        var policy = LoginPolicy()
        policy.daemonUserID = 3000
        let root = try await recognise(LoginFixture(policy: policy), 3000)
        #expect(root.name == "root" && root.isRoot)
    }

    @Test func anAccountIsTheUserOfItsNameAndHasNoMoreThanHisRoles() async throws {
        let anna = try await recognise(fixture(), 1001)
        #expect(anna.name == "anna" && anna.roles == ["exaadm"])
        let rita = try await recognise(fixture(), 1003)
        #expect(rita.roles == ["exaadm"] && !rita.isRoot && rita.isLimited)
    }

    @Test(arguments: [1002, 2001, 3000, 4000])
    func whoMayNotLogInOrIsAnotherOneOfThatNameIsRefused(userID: Int) async throws {
        let fixture = fixture()
        await #expect(throws: AccessError.authenticationFailed) { try await recognise(fixture, userID) }
        #expect(fixture.audit.events.map(\.kind) == [.refusal])
    }

    @Test func rootActsAsAnybodyAndNobodyElseDoes() async throws {
        let fixture = fixture()
        let anna = try await recognise(fixture, 0, as: "anna")
        #expect(anna.name == "anna" && anna.roles == ["exaadm"])
        for (userID, user) in [(1001, "rita"), (1001, "root"), (0, "locked"), (0, "nobody")] {
            await #expect(throws: AccessError.authenticationFailed) { try await recognise(fixture, userID, as: user) }
        }
    }

    @Test func aLoginIsAuditedOnceAMinute() async throws {
        let fixture = fixture()
        for _ in 1...3 { _ = try await recognise(fixture, 1001) }
        #expect(fixture.audit.events.map(\.kind) == [.login])
        #expect(fixture.audit.events.first?.fields["peer_id"] == "1001")
        fixture.time.advance(by: .seconds(61))
        _ = try await recognise(fixture, 1001)
        #expect(fixture.audit.events.count == 2)
    }

    @Test func aSessionFromTheSocketGivesNoMoreThanTheSocket() async throws {
        let fixture = fixture()
        let session = try await fixture.service.openSession(for: recognise(fixture, 1003), from: "local")
        #expect(try await !fixture.use(session.token).isRoot)
    }
}
