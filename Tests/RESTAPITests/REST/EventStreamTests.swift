import Access
import HTTPServer
import HTTPTypes
import Hummingbird
import JobEngine
import Logging
import NIOCore
import Support
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct EventStreamTests {
    /// The pieces of a stream of the reader.
    private func stream(_ fixture: GatewayFixture) async throws -> EventStream {
        let basic = Credential.basic(user: "reader", password: Password("reader-pw"))
        return try stream(fixture, try await fixture.gateway.services.logins.authenticate(basic, from: "192.0.2.1"))
    }

    /// The pieces of a stream of somebody who was let in.
    private func stream(_ fixture: GatewayFixture, _ principal: Principal) throws -> EventStream {
        let services = fixture.gateway.services
        let request = Request(
            head: HTTPRequest(method: .get, scheme: "https", authority: "n11", path: "/events"),
            body: RequestBody(buffer: ByteBuffer()))
        let source = ServerRequestSource(
            peer: PeerConnection(address: "192.0.2.1"), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let route = try #require(EventsResource(services).routes.first)
        let call = Call(
            request: request, context: ServerRequestContext(source: source), query: try Query.read(nil, for: route),
            principal: principal, mediaType: .eventStream)
        return EventStream(
            reader: EventReader(services.scheduler.events, EventFilter(), from: .now), form: .eventStream,
            login: LastingLogin(principal, logins: services.logins, time: services.time), job: nil, call: call,
            services: services,
            seat: try services.streams.take(for: "reader"))
    }

    private func text(_ piece: ByteBuffer?) -> String? { piece.map { String(buffer: $0) } }

    @Test func aLoginThatIsNotAcceptedAnyMoreEndsTheStreamAtOnce() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let logins = fixture.gateway.services.logins
            let reader = Principal(name: "reader", roles: [])
            let made = try #require(
                try await logins.makeToken(for: reader, name: "t", roles: nil, lifetime: nil, from: "192.0.2.1"))
            let principal = try await logins.authenticate(.bearer(token: made.secret), from: "192.0.2.1")
            var pieces = try stream(fixture, principal).makeAsyncIterator()
            #expect(text(await pieces.next()) == "retry: 2000\n\n")
            _ = try await fixture.submit("test_set", ["text": "a"])
            _ = try await logins.revokeToken(id: made.token.id, by: "admin")
            let last = try #require(text(await pieces.next()))
            #expect(last.hasPrefix("event: problem\ndata: {") && last.contains("authentication-failed"))
            #expect(await pieces.next() == nil)
        }
    }

    @Test func aStreamOfABrowsersSessionLastsAsLongAsTheSession() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let logins = fixture.gateway.services.logins
            let opened = try await logins.openSession(for: Principal(name: "reader", roles: []), from: "192.0.2.1")
            let principal = try await logins.authenticate(sessionToken: opened.token, from: "192.0.2.1")
            var pieces = try stream(fixture, principal).makeAsyncIterator()
            _ = await pieces.next()
            fixture.engine.time.advance(by: .seconds(60))
            _ = try await fixture.submit("test_set", ["text": "a"])
            let piece = try #require(text(await pieces.next()))
            #expect(piece.contains("config.revision"))
            _ = try await logins.revokeSession(id: opened.session.id, by: "admin")
            #expect(text(await pieces.next())?.contains("authentication-failed") == true)
        }
    }

    @Test func theRightsOfALoginAreThoseOfNow() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            var pieces = try await stream(fixture).makeAsyncIterator()
            _ = await pieces.next()
            fixture.engine.time.advance(by: .seconds(60))
            _ = try await fixture.submit("test_set", ["text": "a"])
            let piece = try #require(text(await pieces.next()))
            #expect(piece.contains("config.revision") && !piece.contains("job.stage"))
        }
    }

    @Test(arguments: [(Duration.seconds(10), "behind"), (nil, "joining")])
    func aNodeThatDoesNotHearEndsItsStreams(age: Duration?, code: String) async throws {
        let cluster = StagedCluster(.cluster(of: 3))
        try await GatewayFixture.running(cluster: cluster) { (fixture) async throws in
            var pieces = try await stream(fixture).makeAsyncIterator()
            _ = await pieces.next()
            cluster.change { $0.age = age }
            fixture.gateway.services.scheduler.events.callEverybody()
            let last = try #require(text(await pieces.next()))
            #expect(last.hasPrefix("event: problem\ndata: {") && last.contains("\"\(code)\""))
            #expect(await pieces.next() == nil)
        }
    }

    @Test func aStreamWithoutNewsIsKeptAlive() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let events = try await stream(fixture)
            let pieces = await withTaskGroup { group in
                group.addTask {
                    var pieces = events.makeAsyncIterator()
                    return [await pieces.next(), await pieces.next()].map { $0.map { String(buffer: $0) } }
                }
                for _ in 0..<100_000 where !events.seat.isGivenUp {
                    fixture.engine.time.advance(by: .milliseconds(100))
                    await Task.yield()
                    if fixture.engine.time.monotonic > .seconds(40) { break }
                }
                return await group.next()
            }
            #expect(pieces == ["retry: 2000\n\n", ": keep-alive\n\n"])
        }
    }

    @Test func aStreamWhoseClientIsGoneEnds() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let events = try await stream(fixture)
            var pieces = events.makeAsyncIterator()
            _ = await pieces.next()
            events.seat.giveUp()
            events.reader.waker.wake()
            #expect(await pieces.next() == nil)
        }
    }
}
