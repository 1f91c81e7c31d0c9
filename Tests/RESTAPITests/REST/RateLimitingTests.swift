import Access
import HTTPTypes
import JobEngine
import Support
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct RateLimitingTests {
    /// One request of an address in a second, and turns for users.
    private static let few: RateLimits = {
        var limits = RateLimits()
        limits.strangers = RateLimit(perSecond: 1, burst: 1)
        return limits
    }()

    @Test func whoIsLoggedInMayAskAsFastAsTheyLike() async throws {
        try await GatewayFixture.running(limits: Self.few) { (fixture) async throws in
            for _ in 0..<300 {
                let answer = try await fixture.send(.post, "/jobs", as: "admin", body: #"{"type":"test_count"}"#)
                #expect(answer.status < 300 && answer.field("RateLimit") == nil)
            }
        }
    }

    @Test func strangersShareTheLimitOfTheirAddressAndProbesHaveNone() async throws {
        try await GatewayFixture.running(limits: Self.few) { (fixture) async throws in
            let first = try await fixture.get("/problems", as: nil)
            #expect(first.status == 200 && first.field("RateLimit-Policy") == #""address";q=1;w=1"#)
            #expect(first.field("RateLimit") == #""address";r=0;t=1"#)
            let late = try await fixture.get("/problems", as: nil)
            #expect(late.status == 429 && late.code == "rate-limited" && late.headers[.retryAfter] == "1")
            #expect(late.field("RateLimit") == #""address";r=0;t=1"#)
            #expect(try late.json()["retryable"] == true && late.json()["result"]?["result_code"] == 127)
            #expect(try await fixture.get("/jobs", as: nil).status == 429)
            for path in ["/livez", "/readyz", "/master", "/is_master"] {
                for _ in 0..<5 { #expect(try await fixture.get(path, as: nil).status == 200, "\(path)") }
            }
            #expect(try await fixture.get("/jobs").status == 200)
        }
    }

    @Test func aRefusedLoginSaysNothingOfLimits() async throws {
        try await GatewayFixture.running(limits: Self.few) { (fixture) async throws in
            let wrong = try await fixture.send(
                .get, "/jobs", headers: [.authorization: NamedPasswords.basic("admin", "wrong")])
            #expect(wrong.status == 401 && wrong.field("RateLimit") == nil && wrong.field("RateLimit-Policy") == nil)
        }
    }
}
