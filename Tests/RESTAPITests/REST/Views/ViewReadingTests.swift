import Access
import HTTPTypes
import JobEngine
import Support
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct ViewReadingTests {
    @Test(arguments: [
        ("/databases/DB1/backup-schedules", "name", ["weekly"]), ("/remote-volumes", "name", ["office"]),
        ("/object-volumes", "name", ["cloud"]), ("/bucketfs/bfs2/buckets", "name", ["models"]),
    ])
    func itemsAreListedWithTheirNames(_ path: String, _ label: String, _ names: [String]) async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let answer = try await fixture.get(path)
            #expect(answer.status == 200, "\(answer)")
            let items = try #require(try answer.json()["items"]?.list)
            #expect(items.map { $0[label]?.string } == names)
            for name in names {
                let item = try await fixture.get("\(path)/\(name)")
                #expect(item.status == 200, "\(item)")
                #expect(try item.json()[label]?.string == name)
            }
        }
    }

    @Test func anItemHasTheMembersTheJobGives() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let group = try await fixture.get("/groups/watchers").json()
            #expect(group == ["name": "watchers", "id": 2000])
            #expect(try await fixture.get("/databases/DB1/state").json()["state"]?.string != nil)
            let global = try await fixture.get("/settings/Global").json()
            #expect(global["name"] == "Global" && global["ClusterName"] == "cl4")
        }
    }

    @Test(arguments: [
        "/databases/DB9/state",
        "/databases/DB9/backup-schedules", "/databases/DB1/backup-schedules/daily", "/remote-volumes/nowhere",
        "/object-volumes/nothing", "/bucketfs/bfs9/buckets", "/bucketfs/bfs2/buckets/none", "/groups/none",
        "/settings/Nothing",
    ])
    func whatIsNotThereIsNotFound(_ path: String) async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let answer = try await fixture.get(path)
            #expect(answer.status == 404 && answer.code == "object-missing", "\(answer)")
            #expect(!answer.body.contains("/params/") && !answer.body.contains("ERROR::"))
        }
    }

    @Test func rightsOfTheJobCount() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            #expect(try await fixture.get("/databases/DB1/state", as: "dba").status == 200)
            for path in ["/databases/DB1/state", "/groups", "/groups/none", "/license", "/settings/Global"] {
                let answer = try await fixture.get(path, as: "reader")
                #expect(answer.status == 403 && answer.code == "permission-denied", "\(path): \(answer)")
                #expect(answer.body.contains("exaadm"))
            }
            #expect(fixture.audit.events.filter { $0.kind == .denied }.count == 5)
        }
    }

    @Test func lookingLeavesNoHistory() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            for path in ["/groups", "/groups/watchers", "/settings", "/bucketfs/bfs2/buckets/models"] {
                #expect(try await fixture.get(path).status == 200)
            }
            #expect(try await fixture.get("/jobs").json()["items"] == [])
        }
    }

    @Test func passwordsAreNeverTold() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            for user in ["admin", "root"] {
                for path in ["/remote-volumes", "/remote-volumes/office"] {
                    let answer = try await fixture.get(path, as: user)
                    #expect(answer.body.contains(#""password":"***""#) && !answer.body.contains("not-real!"))
                }
                let bucket = try await fixture.get("/bucketfs/bfs2/buckets/models", as: user).json()
                #expect(bucket["read_passwd"] == "***" && bucket["write_passwd"] == "***")
            }
        }
    }

    @Test func whoHasItAlreadyIsToldSo() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let tag = try #require(try await fixture.get("/object-volumes").headers[.eTag])
            #expect(try await fixture.get("/object-volumes", headers: [.ifNoneMatch: tag]).status == 304)
            let made = try await fixture.change(.post, "/groups", ["groupid": 3000, "groupname": "fresh"])
            #expect(made.status == 200)
            #expect(try await fixture.get("/object-volumes", headers: [.ifNoneMatch: tag]).status == 304)
            #expect(try await fixture.get("/groups", headers: [.ifNoneMatch: tag]).status == 200)
        }
    }

    @Test func aReadThatAsksNodesIsWaitedFor() async throws {
        let text =
            "<license><company_name>ACME</company_name><max_db_mem_size_in_gb>64</max_db_mem_size_in_gb></license>"
        try await GatewayFixture.viewing(answer: { _ in .ok(["text": .string(text)]) }) { (fixture) async throws in
            let body: Value = ["license": .string(text)]
            #expect(try await fixture.change(.put, "/license", body).status == 200)
            #expect(try await fixture.get("/license").json()["Contract"]?["company_name"] == "ACME")
            #expect(try await fixture.get("/license/check").json()["valid"] == true)
            #expect(try await fixture.get("/license/text").json() == ["text": .string(text)])
        }
    }

    @Test func unknownQueryParametersAreRefused() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let answer = try await fixture.get("/groups?limit=3")
            #expect(answer.status == 400 && answer.code == "query-invalid")
        }
    }
}
