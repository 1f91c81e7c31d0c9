import HTTPTypes
import JobEngine
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct CatalogueTests {
    @Test func aJobTypeTellsAllThatIsNeededToSubmitIt() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let list = try await fixture.get("/job-types", as: "nobody")
            let names = try list.json()["items"]?.list?.compactMap { $0["name"]?.string }
            #expect(names == fixture.gateway.services.scheduler.catalogue.names)
            let type = try await fixture.get("/job-types/test_run", as: "nobody").json()
            #expect(type["mode"] == "modify" && type["allowed_groups"] == ["exaadm"])
            let parameters = type["parameters"]?.list ?? []
            #expect(parameters.map { $0["name"] } == ["actions", "secret"])
            #expect(parameters.map { $0["mandatory"] } == [true, false])
            #expect(parameters.map { $0["secret"] } == [false, true])
            let tag = try #require(list.headers[.eTag])
            #expect(try await fixture.get("/job-types", headers: [.ifNoneMatch: tag]).status == 304)
            #expect(try await fixture.get("/job-types/nonsense").code == "job-type-unknown")
        }
    }

    @Test func theIndexLinksOnlyWhatIsThere() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let index = try await fixture.send(.get, "/", headers: [.accept: "application/json"]).json()
            for (name, link) in index["links"]?.map ?? [:] where !name.hasSuffix("_rpc") {
                #expect(!fixture.gateway.table.methods(at: link.string ?? "").isEmpty, "\(name)")
            }
        }
    }
}
