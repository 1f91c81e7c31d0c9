import Access
import HTTPTypes
import JobEngine
import Support
import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(5))) struct RateLimitingTests {
    /// Few at once, one a second.
    private static func limits(_ burst: Int) -> RateLimits {
        var limits = RateLimits.none
        limits.requests = RateLimit(perSecond: 1, burst: burst)
        limits.submissions = RateLimit(perSecond: 1, burst: 1)
        limits.strangers = RateLimit(perSecond: 1, burst: 1)
        return limits
    }

    @Test func whatComesTooFastIsRefusedAndNobodyElseIs() async throws {
        try await GatewayFixture.running(limits: Self.limits(2)) { (fixture) async throws in
            let first = try await fixture.get("/jobs")
            #expect(first.field("RateLimit-Policy") == #""user";q=2;w=2"#)
            #expect(first.field("RateLimit") == #""user";r=1;t=1"#)
            #expect(try await fixture.get("/jobs").status == 200)
            let late = try await fixture.get("/jobs")
            #expect(late.status == 429 && late.code == "rate-limited" && late.headers[.retryAfter] == "1")
            #expect(late.field("RateLimit") == #""user";r=0;t=2"#)
            #expect(try late.json()["retryable"] == true && late.json()["result"]?["result_code"] == 127)
            #expect(try await fixture.get("/jobs", as: "reader").status == 200)
            fixture.engine.time.advance(by: .seconds(1))
            #expect(try await fixture.get("/jobs").status == 200)
        }
    }

    @Test func submissionsHaveALimitOfTheirOwn() async throws {
        try await GatewayFixture.running(limits: Self.limits(50)) { (fixture) async throws in
            let body = #"{"type":"test_count"}"#
            let first = try await fixture.send(.post, "/jobs", as: "admin", body: body)
            #expect(first.field("RateLimit-Policy") == #""user";q=50;w=50, "submit";q=1;w=1"#)
            #expect(try await fixture.send(.post, "/jobs", as: "admin", body: body).status == 429)
            #expect(try await fixture.get("/jobs").status == 200)
        }
    }

    @Test func errorsTellTheLimitsToo() async throws {
        try await GatewayFixture.running(limits: Self.limits(9)) { (fixture) async throws in
            let missing = try await fixture.get("/jobs/11.9999")
            #expect(missing.status == 404 && missing.field("RateLimit") != nil)
        }
    }

    @Test func strangersShareTheLimitOfTheirAddressAndProbesHaveNone() async throws {
        try await GatewayFixture.running(limits: Self.limits(50)) { (fixture) async throws in
            #expect(try await fixture.get("/problems", as: nil).status == 200)
            #expect(try await fixture.get("/problems", as: nil).status == 429)
            #expect(try await fixture.get("/jobs", as: nil).status == 429)
            for path in ["/livez", "/readyz", "/master", "/is_master"] {
                for _ in 0..<5 { #expect(try await fixture.get(path, as: nil).status == 200, "\(path)") }
            }
            #expect(try await fixture.get("/jobs").status == 200)
        }
    }

    @Test func aRefusedLoginSaysNothingOfLimits() async throws {
        try await GatewayFixture.running(limits: Self.limits(50)) { (fixture) async throws in
            let wrong = try await fixture.send(
                .get, "/jobs", headers: [.authorization: GatewayFixture.basic("admin", "wrong")])
            #expect(wrong.status == 401 && wrong.field("RateLimit") == nil && wrong.field("RateLimit-Policy") == nil)
        }
    }
}
