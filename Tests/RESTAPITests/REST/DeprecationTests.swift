import HTTPTypes
import Hummingbird
import JobEngine
import Support
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct DeprecationTests {
    private static let deprecation = Deprecation(since: 1_767_225_600, sunset: 1_798_761_600, successor: "/jobs")

    private struct OldThings: Resource {
        var routes: [Route] {
            [
                Route(.get, "/old-things", id: "listOldThings", summary: "List old things") { call in
                    if call.query.text != nil { throw Problem(.pathNotFound, "There is no such old thing.") }
                    return Reply.json([:])
                }.with {
                    $0.deprecation = DeprecationTests.deprecation
                    $0.query = [.limit]
                }.answers("old-things", "Job")
            ]
        }
    }

    @Test(arguments: [("/old-things", 200), ("/old-things?limit=1", 404), ("/old-things?limit=x", 400)])
    func everyAnswerOfADeprecatedOperationSaysSo(_ path: String, _ status: Int) async throws {
        try await GatewayFixture.running(mounting: OldThings()) { (fixture) async throws in
            let answer = try await fixture.get(path)
            #expect(answer.status == status)
            #expect(answer.field("Deprecation") == "@1767225600")
            #expect(answer.field("Sunset") == "Fri, 01 Jan 2027 00:00:00 GMT")
            #expect(answer.field("Link") == "</jobs>; rel=\"successor-version\"")
            #expect(try await fixture.get("/jobs").field("Deprecation") == nil)
        }
    }

    @Test func aRedirectAndARefusedLoginSaySo() async throws {
        try await GatewayFixture.running(mounting: OldThings()) { (fixture) async throws in
            let answer = try await fixture.send(.get, "/old-things")
            #expect(answer.status == 401 && answer.field("Deprecation") == "@1767225600")
        }
        let elsewhere = ForeignCluster(master: .init(node: 11, name: "n11", address: "10.0.0.11"))
        try await GatewayFixture.running(cluster: elsewhere, mounting: OldThings()) { (fixture) async throws in
            let answer = try await fixture.get("/old-things")
            #expect(answer.status == 302 && answer.field("Sunset") == "Fri, 01 Jan 2027 00:00:00 GMT")
        }
    }

    @Test func theDocumentSaysSo() throws {
        let document = OpenAPIDocument(routes: OldThings().routes, catalogue: .fixture, version: "1")
        let operation = try #require(document.value["paths"]?["/old-things"]?["get"])
        #expect(operation["deprecated"] == true)
        #expect(operation["description"]?.string?.contains("Use /jobs instead.") == true)
        let headers = operation["responses"]?["200"]?["headers"]?.map?.keys
        #expect(headers?.contains("Deprecation") == true && headers?.contains("Sunset") == true)
    }
}
