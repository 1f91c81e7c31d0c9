import Access
import Support
import Testing

/// Logins of requests that wait for something.
@Suite(.timeLimit(.minutes(5))) struct RequestLoginTests {
    // One that moves by hand alone.
    private let time = Support.ManualTime()
    private let directory = MemoryDirectory([
        DirectoryEntry(name: "anna", userID: 1001, roles: ["exaadm", "exausers"])
    ])
    private let logins: LoginService

    init() {
        logins = LoginService(
            authenticator: ScriptedAuthenticator(), directory: directory, sessions: InMemorySessions(),
            tokens: InMemoryTokens(), audit: InMemoryAudit(), time: time)
    }

    private func anna() async throws -> Principal {
        try await logins.authenticate(.basic(user: "anna", password: Password("right")), from: "192.0.2.7")
    }

    private func request() async throws -> RequestLogin {
        RequestLogin(try await anna(), logins: logins, time: time)
    }

    @Test func aWaitEndsWithTheLogin() async throws {
        let (login, deadline) = (try await request(), time.monotonic + .seconds(3600))
        async let wait: Void = login.wait(until: deadline, on: time)
        directory.remove("anna")
        logins.drop()
        await wait
        #expect(login.end == .ended)
        #expect(await !login.goesOn())
    }

    @Test func aWaitEndsWhenARightIsLost() async throws {
        let (login, deadline) = (try await request(), time.monotonic + .seconds(3600))
        async let wait: Void = login.wait(until: deadline, on: time)
        directory.set(DirectoryEntry(name: "anna", userID: 1001, roles: ["exausers"]))
        logins.drop()
        await wait
        #expect(login.end == .narrowed)
        #expect(await login.goesOn(), "what is left may be used")
    }

    @Test func whatMayStillBeToldIsWaitedFor() async throws {
        for isGone in [false, true] {
            let (login, deadline) = (try await request(), time.monotonic + .seconds(60))
            if isGone { directory.remove("anna") }
            logins.drop()
            async let wait: Void = login.wait(until: deadline, on: time) { _ in true }
            time.advance(by: .seconds(61))
            await wait
            #expect(login.end == nil)
        }
    }

    @Test func aWaitEndsWithTheTimeOfAToken() async throws {
        let made = try await logins.makeToken(
            for: anna(), name: "t", roles: nil, lifetime: .seconds(5), from: "192.0.2.7")
        let known = try await logins.authenticate(.bearer(token: try #require(made).secret), from: "192.0.2.7")
        let login = RequestLogin(known, logins: logins, time: time)
        let deadline = time.monotonic + .seconds(3600)
        async let wait: Void = login.wait(until: deadline, on: time)
        time.advance(by: .seconds(5))
        await wait
        #expect(login.end == .ended)
    }

    @Test func aNewPasswordEndsWhatHasNotBeenDone() async throws {
        let login = try await request()
        #expect(await login.goesOn())
        logins.drop(user: "anna")
        // The request itself may have set it.
        #expect(await login.goesOn(hasActed: true))
        #expect(await !login.goesOn())
        #expect(login.end == .ended)
    }

    @Test func aLoginIsLookedAtAgainAfterASecond() async throws {
        let login = try await request()
        directory.remove("anna")
        #expect(await login.goesOn())
        time.advance(by: .seconds(2))
        #expect(await !login.goesOn())
    }

    @Test func whenNobodyCanTellItGoesOn() async throws {
        let login = try await request()
        directory.setDown(true)
        logins.drop()
        #expect(await login.goesOn())
        #expect(login.end == nil)
    }
}
