import HTTPTypes
import Testing

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct CrossOriginTests {
    private static let page = "https://admin.example.com"

    private static func listing(_ origins: String...) -> GatewaySettings {
        var settings = GatewaySettings()
        settings.allowedOrigins = Set(origins)
        return settings
    }

    private static func asking(from origin: String) -> HTTPFields {
        var fields: HTTPFields = [.origin: origin]
        if let name = HTTPField.Name("Access-Control-Request-Method") { fields[name] = "POST" }
        return fields
    }

    private static func corsFields(_ answer: Answer) -> [String] {
        answer.headers.map(\.name.canonicalName).filter { $0.hasPrefix("access-control") }
    }

    @Test func withoutAListThereIsNotOneField() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let preflight = try await fixture.send(.options, "/jobs", headers: Self.asking(from: Self.page))
            let get = try await fixture.get("/jobs", headers: [.origin: Self.page])
            #expect(preflight.status == 405 && Self.corsFields(preflight).isEmpty && Self.corsFields(get).isEmpty)
            #expect(get.headers[.vary]?.contains("Origin") != true)
        }
    }

    @Test func aListedOriginMayAskAndRead() async throws {
        try await GatewayFixture.running(settings: Self.listing(Self.page)) { (fixture) async throws in
            let preflight = try await fixture.send(.options, "/jobs", headers: Self.asking(from: Self.page))
            #expect(preflight.status == 204 && preflight.body.isEmpty)
            #expect(preflight.headers[.accessControlAllowMethods] == "GET, HEAD, POST")
            #expect(preflight.headers[.accessControlMaxAge] == "600")
            let get = try await fixture.get("/jobs", headers: [.origin: Self.page])
            #expect(get.headers[.accessControlAllowOrigin] == Self.page)
            #expect(get.headers[.accessControlAllowCredentials] == "true")
            #expect(get.headers[.vary]?.contains("Origin") == true)
            let shown = get.headers[.accessControlExposeHeaders] ?? ""
            for name in ["Location", "Retry-After", "ETag", "Link", "Confd-Revision", "RateLimit"] {
                #expect(shown.contains(name))
            }
        }
    }

    @Test(arguments: ["https://admin.example.com.evil.test", "http://admin.example.com", "null", "https://other.test"])
    func anotherOriginGetsNothing(origin: String) async throws {
        try await GatewayFixture.running(settings: Self.listing(Self.page)) { (fixture) async throws in
            let preflight = try await fixture.send(.options, "/jobs", headers: Self.asking(from: origin))
            let get = try await fixture.get("/jobs", headers: [.origin: origin])
            #expect(preflight.status == 405 && Self.corsFields(preflight).isEmpty && Self.corsFields(get).isEmpty)
            #expect(get.headers[.vary]?.contains("Origin") == true, "a cache must not mix the two up")
        }
    }

    @Test func onlyAListedPageMaySendChanges() async throws {
        let site = try #require(HTTPField.Name("Sec-Fetch-Site"))
        try await GatewayFixture.running(settings: Self.listing(Self.page)) { (fixture) async throws in
            let body = #"{"type":"test_count"}"#
            let allowed = try await fixture.send(
                .post, "/jobs", as: "admin", headers: [.origin: Self.page, site: "cross-site"], body: body)
            let refused = try await fixture.send(
                .post, "/jobs", as: "admin", headers: [.origin: "https://other.test", site: "cross-site"], body: body)
            #expect(allowed.status != 403 && refused.status == 403 && refused.code == "cross-site")
        }
    }
}
