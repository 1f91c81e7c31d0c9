import Access
import HTTPTypes
import Hummingbird
import JobEngine
import Logging
import NIOCore
import Support
import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(5))) struct EventStreamTests {
    /// The pieces of a stream whose caller shows a password from now on.
    private func stream(_ fixture: GatewayFixture, password: String) throws -> EventStream {
        try stream(fixture, [.authorization: GatewayFixture.basic("reader", password)])
    }

    /// The pieces of a stream whose caller shows who he is by these fields.
    private func stream(_ fixture: GatewayFixture, _ fields: HTTPFields) throws -> EventStream {
        let services = fixture.gateway.services
        let request = Request(
            head: HTTPRequest(
                method: .get, scheme: "https", authority: "n11", path: "/events",
                headerFields: fields),
            body: RequestBody(buffer: ByteBuffer()))
        let source = GatewayRequestSource(
            peer: PeerConnection(address: "192.0.2.1"), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let route = try #require(EventsResource(services).routes.first)
        let call = Call(
            request: request, context: GatewayRequestContext(source: source), query: try Query.read(nil, for: route),
            principal: Principal(name: "reader", roles: []), mediaType: .eventStream)
        return EventStream(
            reader: EventReader(services.scheduler.events, EventFilter(), from: .now), form: .eventStream,
            login: StandingLogin(call, services), job: nil, services: services,
            seat: try services.streams.take(for: "reader"))
    }

    private func text(_ piece: ByteBuffer?) -> String? { piece.map { String(buffer: $0) } }

    @Test func aLoginThatIsNotAcceptedAnyMoreEndsTheStream() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            var pieces = try stream(fixture, password: "wrong").makeAsyncIterator()
            #expect(text(await pieces.next()) == "retry: 2000\n\n")
            fixture.engine.time.advance(by: .seconds(60))
            let last = try #require(text(await pieces.next()))
            #expect(last.hasPrefix("event: problem\ndata: {") && last.contains("authentication-failed"))
            #expect(await pieces.next() == nil)
        }
    }

    @Test func aStreamOfABrowsersSessionLastsAsLongAsTheSession() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let logins = fixture.gateway.services.logins
            let reader = Principal(name: "reader", roles: [], method: .password)
            let opened = try await logins.openSession(for: reader, from: "192.0.2.1")
            let cookie = SessionCookie(token: opened.token).setting
            var pieces = try stream(fixture, [.cookie: cookie]).makeAsyncIterator()
            _ = await pieces.next()
            fixture.engine.time.advance(by: .seconds(60))
            _ = try await fixture.submit("test_set", ["text": "a"])
            let piece = try #require(text(await pieces.next()))
            #expect(piece.contains("config.revision"))
            _ = try await logins.revokeSession(id: opened.session.id, by: "admin")
            fixture.engine.time.advance(by: .seconds(60))
            #expect(text(await pieces.next())?.contains("authentication-failed") == true)
        }
    }

    @Test func theRightsOfALoginAreThoseOfNow() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            var pieces = try stream(fixture, password: "reader-pw").makeAsyncIterator()
            _ = await pieces.next()
            fixture.engine.time.advance(by: .seconds(60))
            _ = try await fixture.submit("test_set", ["text": "a"])
            let piece = try #require(text(await pieces.next()))
            #expect(piece.contains("config.revision") && !piece.contains("job.stage"))
        }
    }

    @Test func aStreamWithoutNewsIsKeptAlive() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let events = try stream(fixture, password: "reader-pw")
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
            let events = try stream(fixture, password: "reader-pw")
            var pieces = events.makeAsyncIterator()
            _ = await pieces.next()
            events.seat.giveUp()
            events.reader.bell.ring()
            #expect(await pieces.next() == nil)
        }
    }
}
