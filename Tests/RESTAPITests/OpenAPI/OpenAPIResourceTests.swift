import HTTPTypes
import JobEngine
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct OpenAPIResourceTests {
    @Test func theDocumentIsServedInThreeForms() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let document = RESTAPI.document(fixture.gateway.services)
            let yaml = try await fixture.get("/openapi.yaml", as: nil)
            #expect(yaml.status == 200 && yaml.headers[.contentType] == "application/yaml")
            #expect(yaml.body == document.yaml)
            let json = try await fixture.get("/openapi.json", as: nil)
            #expect(try json.json() == document.value)
            #expect(try await fixture.get("/openapi-3.1.json", as: nil).json() == document.value31)
            let tag = try #require(json.headers[.eTag])
            #expect(try await fixture.get("/openapi.json", as: nil, headers: [.ifNoneMatch: tag]).status == 304)
        }
    }

    @Test func everyDocumentedRouteIsAnOperationWithNamedAnswers() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let document = RESTAPI.document(fixture.gateway.services).value
            let schemas = try #require(document["components"]?["schemas"]?.map)
            for route in RESTAPI.resources(fixture.gateway.services).flatMap(\.routes) where route.isDocumented {
                let operation = document["paths"]?[route.path]?[route.method.rawValue.lowercased()]
                #expect(operation?["operationId"]?.string == route.operationID)
                #expect(!route.contract.tag.isEmpty, "\(route.operationID) says what it is about")
                for name in [route.contract.answer, route.contract.request].compactMap(\.self) {
                    #expect(schemas[name] != nil, "\(route.operationID) names \(name)")
                }
                // A whole configuration file comes as text, which has no schema of ours.
                let readsText = route.operationID == "replaceEXAConf"
                #expect((route.contract.request != nil) == (route.body != .none && !readsText), "\(route.operationID)")
            }
        }
    }

    @Test func aDryRunOfItsOwnPathDoesNothing() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let body = #"{"type":"test_set","params":{"text":"x"}}"#
            let before = fixture.gateway.services.scheduler.configuration.revision
            let answer = try await fixture.send(.post, "/jobs/dry-run", as: "admin", body: body)
            #expect(answer.status == 200)
            #expect(try answer.json()["dry_run"] == true)
            #expect(fixture.gateway.services.scheduler.configuration.revision == before)
            #expect(try await fixture.get("/jobs").json()["items"]?.list == [])
        }
    }
}
