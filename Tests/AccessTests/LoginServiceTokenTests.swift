import Access
import Support
import Testing

/// Tokens users make for programs.
@Suite(.timeLimit(.minutes(5))) struct LoginServiceTokenTests {
    private let fixture = LoginFixture()
    private let anna = Principal(name: "anna", roles: ["exaadm"], userID: 1001)

    private func make(
        for principal: Principal? = nil, roles: Set<String>? = nil, lifetime: Duration? = nil
    ) async throws -> MadeToken {
        try #require(
            await fixture.service.makeToken(
                for: principal ?? anna, name: "backup", roles: roles, lifetime: lifetime, from: "192.0.2.7"))
    }

    @Test func aUserHasFiftyTokensAtMost() async throws {
        for _ in 1...50 { _ = try await make() }
        let surplus = try await fixture.service.makeToken(
            for: anna, name: "backup", roles: nil, lifetime: nil, from: "192.0.2.7")
        #expect(surplus == nil && fixture.tokens.all.count == 50)
        _ = try await make(for: Principal(name: "root", roles: ["root"], userID: 0))
    }

    @Test func aTokenActsAsItsOwnerAndIsKeptAsAHashOnly() async throws {
        let made = try await make()
        #expect(made.secret.hasPrefix("confd_token_") && made.secret.utf8.count == 76)
        let principal = try await fixture.use(made.secret)
        #expect(principal.name == "anna" && principal.roles == ["exaadm"] && principal.method == .token)
        #expect(!principal.isLimited)
        let kept = try #require(fixture.tokens.all.first)
        #expect(kept.secretHash.count == 32 && !"\(kept)".contains(made.secret.dropFirst(12)))
        #expect(fixture.audit.kinds == [.tokenMade])
    }

    @Test func rolesAreThoseTheOwnerHasNowAndNoMoreThanTheTokenHas() async throws {
        fixture.directory.set(DirectoryEntry(name: "anna", userID: 1001, roles: ["exaadm", "exadbadm", "exausers"]))
        let made = try await make(roles: ["exadbadm", "exausers"])
        #expect(try await fixture.use(made.secret).roles == ["exadbadm", "exausers"])
        fixture.directory.set(DirectoryEntry(name: "anna", userID: 1001, roles: ["exausers", "root"]))
        fixture.service.drop()
        let principal = try await fixture.use(made.secret)
        // root has every role there is, so nothing is taken away from what the token is for.
        #expect(principal.roles == ["exadbadm", "exausers"] && !principal.isRoot)
        fixture.directory.set(DirectoryEntry(name: "anna", userID: 1001, roles: ["exausers"]))
        fixture.service.drop()
        #expect(try await fixture.use(made.secret).roles == ["exausers"])
    }

    @Test func rolesAreLookedUpAgainAfterAMinuteAtTheLatest() async throws {
        let made = try await make()
        _ = try await fixture.use(made.secret)
        fixture.directory.set(DirectoryEntry(name: "anna", userID: 1001, roles: []))
        #expect(try await fixture.use(made.secret).roles == ["exaadm"])
        fixture.time.advance(by: .seconds(60))
        #expect(try await fixture.use(made.secret).roles == [])
    }

    @Test func aTokenOfRootWithOneRoleIsNotRoot() async throws {
        let made = try await make(for: Principal(name: "root", roles: ["root"]), roles: ["exadbadm"])
        let principal = try await fixture.use(made.secret)
        #expect(!principal.isRoot && principal.roles == ["exadbadm"] && principal.name == "root")
        let ofRoot = Permission(users: ["root"], groups: [])
        #expect(ofRoot.permits(principal) != .permitted)
        let ofHimself = Permission(users: [Permission.caller], groups: [])
        #expect(ofHimself.permits(principal, subject: "root") != .permitted)
        #expect(try await fixture.use(try await make(for: Principal(name: "root", roles: ["root"])).secret).isRoot)
    }

    @Test func whoeverHasOnlySomeRightsMakesTokensWithThoseAtMost() async throws {
        let some = Principal(name: "anna", roles: ["exaadm", "exadbadm"]).limited(to: ["exadbadm"])
        #expect(try await make(for: some).token.roles == ["exadbadm"])
        #expect(try await make(for: some, roles: ["exaadm"]).token.roles == [])
    }

    @Test func aTokenEndsByTimeAndByHand() async throws {
        let brief = try await make(lifetime: .seconds(10))
        let other = try await make()
        _ = try await fixture.use(brief.secret)
        fixture.time.advance(by: .seconds(10))
        await #expect(throws: AccessError.authenticationFailed) { try await fixture.use(brief.secret) }
        #expect(try await fixture.service.apiTokens(of: "anna").map(\.id) == [other.token.id])
        #expect(try await fixture.service.revokeToken(id: other.token.id, by: "root")?.id == other.token.id)
        #expect(try await fixture.service.revokeToken(id: other.token.id, by: "root") == nil)
        await #expect(throws: AccessError.authenticationFailed) { try await fixture.use(other.secret) }
    }

    @Test func aTokenIsGoodForNothingWhenItsOwnerIsGoneOrMayNotLogIn() async throws {
        let made = try await make()
        fixture.directory.set(DirectoryEntry(name: "anna", userID: 1001, roles: ["exaadm"], loginEnabled: false))
        await #expect(throws: AccessError.authenticationFailed) { try await fixture.use(made.secret) }
        fixture.directory.remove("anna")
        await #expect(throws: AccessError.authenticationFailed) { try await fixture.use(made.secret) }
    }

    @Test func unknownTokensLockNobodyOut() async throws {
        for number in 0..<30 {
            await #expect(throws: AccessError.authenticationFailed) {
                try await fixture.use("confd_token_\(number)")
            }
        }
        #expect(fixture.service.lockouts().isEmpty)
    }

    @Test func usesAreNotedOnceAMinute() async throws {
        let made = try await make()
        for _ in 0..<3 { _ = try await fixture.use(made.secret) }
        #expect(fixture.tokens.notedUses == 1)
        fixture.time.advance(by: .seconds(60))
        _ = try await fixture.use(made.secret)
        #expect(fixture.tokens.all.first?.lastUsedAt == fixture.time.now && fixture.tokens.notedUses == 2)
    }
}
