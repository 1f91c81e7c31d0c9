import Access
import JobEngine
import NIOCore
import Support
import Synchronization
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

/// A subscription is told what its login may see, and lasts as long as that.
@Suite(.timeLimit(.minutes(5))) struct CallbackTests {
    /// What a client was called with; it may refuse to answer.
    private final class Listener: Sendable {
        private let state = Mutex<(told: [Value], isDeaf: Bool)>(([], false))

        var users: Set<String> { Set(state.withLock { $0.told }.compactMap { $0["user"]?.string }) }
        var count: Int { state.withLock { $0.told.count } }

        func become(deaf: Bool) { state.withLock { $0.isDeaf = deaf } }

        func tell(_ event: Value, _ address: CallbackAddress) throws(CallbackClient.Failure) {
            let isDeaf = state.withLock { state in
                state.told.append(event)
                return state.isDeaf
            }
            if isDeaf { throw CallbackClient.Failure(reason: "no answer") }
        }
    }

    /// A subscription of a token of `admin` that has these of the user's roles, its id, and who is told.
    private func subscription(
        _ fixture: GatewayFixture, roles: Set<String>?
    ) async throws -> (callback: Callback, token: String, listener: Listener) {
        let services = fixture.gateway.services
        let admin = Principal(name: "admin", roles: ["exaadm"])
        let made = try #require(
            try await services.logins.makeToken(
                for: admin, name: "t", roles: roles, lifetime: nil, from: "192.0.2.1"))
        let principal = try await services.logins.authenticate(.bearer(token: made.secret), from: "192.0.2.1")
        let callback = Callback(
            LastingLogin(principal, logins: services.logins, time: services.time),
            at: try CallbackAddress("http://192.0.2.1:8080/", peer: "192.0.2.1"),
            reading: EventReader(services.scheduler.events, EventFilter(owner: principal.visibleOwner), from: .now))
        return (callback, made.token.id, Listener())
    }

    @Test func aLimitedLoginIsToldWhatItMaySeeHoweverLongItLasts() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let (callback, _, listener) = try await subscription(fixture, roles: [])
            async let end = callback.serve(fixture.engine.time, tell: listener.tell)
            for _ in 0..<3 {
                _ = try await fixture.submit("test_set", ["text": "a"], as: "root")
                fixture.engine.time.advance(by: .seconds(60))
            }
            _ = try await fixture.submit("test_set", ["text": "b"], as: "admin")
            while listener.users.isEmpty { await Task.yield() }
            callback.end()
            #expect(await end == nil)
            #expect(listener.users == ["admin"])
        }
    }

    @Test func itEndsWithItsTokenThoughNothingHappens() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let (callback, token, listener) = try await subscription(fixture, roles: nil)
            async let end = callback.serve(fixture.engine.time, tell: listener.tell)
            _ = try await fixture.submit("test_set", ["text": "a"], as: "root")
            while listener.count == 0 { await Task.yield() }
            _ = try await fixture.gateway.services.logins.revokeToken(id: token, by: "root")
            #expect(await end == .refused)
        }
    }

    @Test func nothingIsToldAgainOnceTheTokenIsGone() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let (callback, token, listener) = try await subscription(fixture, roles: nil)
            listener.become(deaf: true)
            async let end = callback.serve(fixture.engine.time, tell: listener.tell)
            _ = try await fixture.submit("test_set", ["text": "a"], as: "root")
            while listener.count == 0 { await Task.yield() }
            _ = try await fixture.gateway.services.logins.revokeToken(id: token, by: "root")
            let told = listener.count
            let ticking = Ticking(fixture.engine.time)
            async let _: Void = ticking.run()
            #expect(await end == .refused)
            ticking.end()
            #expect(listener.count == told)
        }
    }
}

/// Moves a clock until it is told to stop.
private final class Ticking: Sendable {
    private let time: ManualTime
    private let isOver = Mutex(false)

    init(_ time: ManualTime) {
        self.time = time
    }

    func end() { isOver.withLock { $0 = true } }

    func run() async {
        while !isOver.withLock({ $0 }) {
            time.advance(by: .milliseconds(100))
            await Task.yield()
        }
    }
}
