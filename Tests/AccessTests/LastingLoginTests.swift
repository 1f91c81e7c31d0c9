import Access
import Synchronization
import Testing

/// Logins of streams and subscriptions, which last longer than the request they came with.
@Suite(.timeLimit(.minutes(5))) struct LastingLoginTests {
    private let fixture = LoginFixture()
    private let anna = Principal(name: "anna", roles: ["exaadm"], userID: 1001)

    private func lasting(_ principal: Principal) -> LastingLogin {
        LastingLogin(principal, logins: fixture.service, time: fixture.time)
    }

    private func token(roles: Set<String>? = nil, lifetime: Duration? = nil) async throws -> MadeToken {
        try #require(
            await fixture.service.makeToken(
                for: anna, name: "backup", roles: roles, lifetime: lifetime, from: "192.0.2.7"))
    }

    /// One login of each kind, all of anna but the cluster's.
    private func logins() async throws -> [String: LastingLogin] {
        fixture.directory.setAccounts([1001: "anna"])
        let session = try await fixture.service.openSession(for: anna, from: "192.0.2.7")
        return [
            "password": lasting(try await fixture.login("anna", "right")),
            "session": lasting(try await fixture.use(session.token)),
            "token": lasting(try await fixture.use(try await token().secret)),
            "certificate": lasting(
                try await fixture.service.recognise(user: "anna", method: .certificate, from: "192.0.2.7")),
            "peer": lasting(try await fixture.service.recognise(peer: 1001, as: nil, from: "local")),
            "cluster": lasting(try await fixture.use("MTIzOjQ1Ng==")),
        ]
    }

    /// The kinds of login that are accepted no more.
    private func ended(_ logins: [String: LastingLogin]) async -> Set<String> {
        var ended: Set<String> = []
        for (kind, login) in logins {
            var login = login
            do throws(AccessError) {
                try await login.check()
            } catch {
                if error == .authenticationFailed { ended.insert(kind) }
            }
        }
        return ended
    }

    private let own: Set = ["password", "session", "token", "certificate", "peer"]

    @Test func whatWasAcceptedGoesOn() async throws {
        var logins = try await logins()
        #expect(await ended(logins) == [])
        fixture.time.advance(by: .seconds(600))
        #expect(await ended(logins) == [])
        for kind in own {
            try await logins[kind]?.check()
            #expect(logins[kind]?.principal.roles == ["exaadm"], "\(kind)")
            #expect(logins[kind]?.principal.method.rawValue == kind)
        }
    }

    @Test(arguments: [nil, DirectoryEntry(name: "anna", userID: 1001, roles: ["exaadm"], loginEnabled: false)])
    func allOfAUserEndsWithHisLogin(_ entry: DirectoryEntry?) async throws {
        let logins = try await logins()
        if let entry { fixture.directory.set(entry) } else { fixture.directory.remove("anna") }
        fixture.service.drop()
        #expect(await ended(logins) == own)
    }

    @Test func somebodyElseOfTheNameHasNothingOfIt() async throws {
        let logins = try await logins()
        fixture.directory.set(DirectoryEntry(name: "anna", userID: 1009, roles: ["exaadm"]))
        fixture.service.drop()
        // The store takes away sessions and tokens with the revision.
        #expect(await ended(logins) == own)
    }

    @Test func rolesThatAreLostAreLostAtOnce() async throws {
        var logins = try await logins()
        for kind in own { try await logins[kind]?.check() }
        fixture.directory.set(DirectoryEntry(name: "anna", userID: 1001, roles: ["exausers"]))
        fixture.service.drop()
        for kind in own {
            try await logins[kind]?.check()
            #expect(logins[kind]?.principal.roles == ["exausers"], "\(kind)")
        }
    }

    @Test func aLimitedTokenStaysLimited() async throws {
        let made = try await token(roles: ["exausers"])
        var login = lasting(try await fixture.use(made.secret))
        for _ in 0..<3 {
            try await login.check()
            #expect(login.principal.roles == [] && login.principal.isLimited)
            fixture.time.advance(by: .seconds(60))
        }
    }

    @Test func whatIsTakenAwayEndsAndNothingElse() async throws {
        let logins = try await logins()
        let token = try #require(try await fixture.service.apiTokens(of: "anna").first)
        _ = try await fixture.service.revokeToken(id: token.id, by: "root")
        #expect(await ended(logins) == ["token"])
        let session = try #require(try await fixture.service.sessions(of: "anna").first)
        _ = try await fixture.service.revokeSession(id: session.id, by: "root")
        #expect(await ended(logins) == ["token", "session"])
        fixture.directory.setToken("another")
        fixture.service.drop()
        #expect(await ended(logins) == ["token", "session", "cluster"])
    }

    @Test func aNewPasswordEndsWhatLastsOfTheFormerOne() async throws {
        let logins = try await logins()
        fixture.time.advance(by: .seconds(1))
        fixture.service.drop(user: "anna")
        #expect(await ended(logins) == ["password"])
        fixture.time.advance(by: .seconds(1))
        var later = lasting(try await fixture.login("anna", "right"))
        try await later.check()
    }

    @Test func aTokenEndsWithItsTime() async throws {
        var login = lasting(try await fixture.use(try await token(lifetime: .seconds(10)).secret))
        try await login.check()
        fixture.time.advance(by: .seconds(10))
        await #expect(throws: AccessError.authenticationFailed) { try await login.check() }
    }

    @Test func whatIsUsedDoesNotEndForWantOfUse() async throws {
        let session = try await fixture.service.openSession(for: anna, from: "192.0.2.7")
        var login = lasting(try await fixture.use(session.token))
        for _ in 0..<60 {
            fixture.time.advance(by: .seconds(60))
            try await login.check()
        }
        #expect(try await fixture.service.sessions(of: "anna").count == 1)
    }

    @Test func nobodyIsAskedBeforeItIsTime() async throws {
        var login = lasting(try await fixture.login("anna", "right"))
        try await login.check()
        let before = fixture.directory.lookups
        for _ in 0..<40 {
            fixture.time.advance(by: .seconds(1))
            try await login.check()
        }
        #expect(fixture.directory.lookups == before)
        fixture.time.advance(by: .seconds(60))
        try await login.check()
        #expect(fixture.directory.lookups == before + 1)
    }

    @Test func anAccountOfTheSystemIsLookedUpAgainWithinAMinute() async throws {
        var login = lasting(try await fixture.login("anna", "right"))
        try await login.check()
        // Nobody tells of it.
        fixture.directory.set(DirectoryEntry(name: "anna", userID: 1001, roles: ["exaadm"], loginEnabled: false))
        var passed = 0
        await #expect(throws: AccessError.authenticationFailed) {
            while passed < 60 {
                fixture.time.advance(by: .seconds(15))
                passed += 15
                try await login.check()
            }
        }
    }

    @Test func whenNobodyCanTellItGoesOnAndIsAskedAgainSoon() async throws {
        var login = lasting(try await fixture.login("anna", "right"))
        try await login.check()
        fixture.directory.setDown(true)
        fixture.service.drop()
        try await login.check()
        fixture.directory.setDown(false)
        fixture.directory.remove("anna")
        fixture.time.advance(by: .seconds(1))
        await #expect(throws: AccessError.authenticationFailed) { try await login.check() }
    }

    @Test func whoeverListensIsToldOfEachChange() async throws {
        let told = Told()
        fixture.service.onChange { told.count.withLock { $0 += 1 } }
        fixture.service.drop()
        fixture.service.drop(user: "anna")
        let made = try await token()
        _ = try await fixture.service.revokeToken(id: made.token.id, by: "root")
        _ = try await fixture.service.revokeToken(id: made.token.id, by: "root")
        #expect(told.count.withLock { $0 } == 3)
    }
}

private final class Told: Sendable {
    let count = Mutex(0)
}
