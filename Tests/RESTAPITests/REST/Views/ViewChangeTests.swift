import Access
import HTTPTypes
import JobEngine
import Support
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct ViewChangeTests {
    private static let user: Value = [
        "username": "eve", "userid": 3001, "group": "exausers", "login_enabled": true, "password": "a secret",
    ]

    @Test func aChangeIsAJobLikeAnyOther() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let answer = try await fixture.change(.post, "/users?reason=INC-42", Self.user)
            #expect(answer.status == 200, "\(answer)")
            let job = try answer.json()
            #expect(job["type"] == "user_create" && job["outcome"] == "ok" && job["reason"] == "INC-42")
            #expect(job["request"]?["method"] == "POST" && job["request"]?["path"] == "/users")
            #expect(job["request"]?["body"]?["username"] == "eve" && job["request"]?["body"]?["password"] == "***")
            let location = try #require(answer.headers[.location])
            #expect(try await fixture.get(location).json()["job_id"] == job["job_id"])
            #expect(try await fixture.get("/users/eve").json()["id"] == 3001)
            #expect(fixture.audit.events.contains { $0.kind == .job && $0.fields["type"] == "user_create" })
        }
    }

    @Test func itemsAreChangedAndRemovedByTheirPath() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            #expect(try await fixture.change(.post, "/users", Self.user).status == 200)
            let changed = try await fixture.change(.patch, "/users/eve", ["login_enabled": false])
            #expect(changed.status == 200, "\(changed)")
            #expect(try await fixture.get("/users/eve").json()["login_enabled"] == false)
            let password = try await fixture.change(.post, "/users/eve/set-password", ["password": "another"])
            #expect(try password.json()["type"] == "user_passwd")
            #expect(try await fixture.change(.delete, "/users/eve").status == 200)
            #expect(try await fixture.get("/users/eve").status == 404)
        }
    }

    @Test func whoDoesNotWaitIsToldWhereToLook() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let answer = try await fixture.send(.delete, "/object-volumes/cloud", as: "admin")
            #expect([200, 202].contains(answer.status), "\(answer)")
            #expect(answer.headers[.location]?.hasPrefix("/jobs/11.") == true)
            let waited = try await fixture.get("\(answer.headers[.location] ?? "")?wait=60s")
            #expect(try waited.json()["outcome"] == "ok")
        }
    }

    @Test func aPreferredWaitIsApplied() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let answer = try await fixture.send(
                .delete, "/bucketfs/bfs2/buckets/models", as: "admin", headers: [.prefer: "wait=60"])
            #expect(answer.status == 200 && answer.headers[.preferenceApplied] == "wait=60")
        }
    }

    @Test func whatExistsIsAConflict() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            #expect(try await fixture.change(.post, "/users", Self.user).status == 200)
            let again = try await fixture.change(.post, "/users", Self.user)
            #expect(again.status == 409 && again.code == "object-exists", "\(again)")
            let id = try #require(try again.json()["job_id"]?.string)
            #expect(again.headers[.location] == "/jobs/\(id)")
            #expect(try await fixture.get("/jobs/\(id)").json()["outcome"] == "declined")
        }
    }

    @Test(arguments: [
        (HTTPRequest.Method.delete, "/users/nobody", nil as Value?),
        (.patch, "/users/nobody", ["group": "exausers"] as Value),
        (.delete, "/nodes/99", nil), (.delete, "/nodes/eleven", nil), (.delete, "/groups/none", nil),
        (.post, "/nodes/99/suspend", nil), (.delete, "/bucketfs/bfs9/buckets/x", nil),
        (.post, "/bucketfs/bfs9/buckets", ["bucket_name": "x", "public": true] as Value),
        (.patch, "/databases/DB1/backup-schedules/none", ["enabled": false] as Value),
        (.delete, "/remote-volumes/none", nil),
    ])
    func whatIsNotThereCannotBeChanged(
        _ method: HTTPRequest.Method, _ path: String, _ body: Value?
    ) async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let answer = try await fixture.change(method, path, body)
            #expect(answer.status == 404 && answer.code == "object-missing", "\(answer)")
        }
    }

    @Test func faultsPointAtTheCallersOwnMembers() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let body: Value = ["username": "eve", "userid": "x", "nonsense": 1, "additional_groups": "exaadm"]
            let answer = try await fixture.change(.post, "/users", body)
            #expect(answer.status == 400)
            let faults = try answer.json()["errors"]?.list ?? []
            let pointers = Set(faults.compactMap { $0["pointer"]?.string })
            #expect(
                pointers == ["/userid", "/nonsense", "/additional_groups", "/group", "/login_enabled", "/password"])
        }
    }

    @Test func theBodyDoesNotSayWhatThePathSays() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let answer = try await fixture.change(
                .patch, "/users/probe", ["username": "admin", "login_enabled": false])
            #expect(answer.status == 400 && answer.code == "body-invalid")
            #expect(try answer.json()["errors"]?.list?.map { $0["pointer"] } == ["/username"])
            let list = try await fixture.change(.patch, "/users/probe", ["login_enabled"])
            #expect(list.status == 400 && list.code == "body-invalid")
        }
    }

    @Test func nullIsNoValueOfAParameter() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let answer = try await fixture.change(.patch, "/users/probe", ["login_enabled": .null])
            #expect(answer.status == 400 && answer.code == "body-invalid")
            #expect(try answer.json()["errors"]?.list?.map { $0["pointer"] } == ["/login_enabled"])
        }
    }

    @Test func aRemovalTakesItsParametersFromTheQuery() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let refused = try await fixture.change(.delete, "/nodes/12")
            #expect(refused.status == 409 && refused.code == "object-busy", "\(refused)")
            let wrong = try await fixture.change(.delete, "/nodes/12?force=perhaps")
            #expect(wrong.status == 400 && wrong.code == "query-invalid")
            let job = try await fixture.change(.delete, "/nodes/12?force=true").json()
            #expect(job["outcome"] == "ok" && job["params"] == ["nid": 12, "force": true])
        }
    }

    @Test func aStandInOfWhatThePathSaysIsNoParameter() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let answer = try await fixture.change(.delete, "/remote-volumes/office?remote_volume_id=10005")
            #expect(answer.status == 400 && answer.code == "query-invalid")
            #expect(try await fixture.change(.delete, "/remote-volumes/office").status == 200)
        }
    }

    @Test func aDryRunChangesNothing() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let answer = try await fixture.change(.delete, "/groups/watchers?dry_run=true")
            #expect(answer.status == 200)
            #expect(try answer.json()["dry_run"] == true && answer.json()["outcome"] == "declined")
            let passes = try await fixture.change(.post, "/groups?dry_run", ["groupid": 3000, "groupname": "fresh"])
            #expect(try passes.json()["outcome"] == "ok")
            #expect(try passes.json()["diff"]?.string?.contains("fresh") == true)
            #expect(try await fixture.get("/groups/fresh").status == 404)
            #expect(try await fixture.get("/jobs").json()["items"] == [])
        }
    }

    @Test func aRepeatedKeyMakesNoSecondJob() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let headers: HTTPFields = [.idempotencyKey: "\"one\""]
            let first = try await fixture.change(.post, "/users", Self.user, headers: headers)
            let again = try await fixture.change(.post, "/users", Self.user, headers: headers)
            #expect(again.status == 200 && again.headers[.idempotencyReplayed] == "true")
            #expect(try first.json()["job_id"] == again.json()["job_id"])
            var another = Self.user.map ?? [:]
            another["username"] = "mallory"
            let other = try await fixture.change(.post, "/users", .map(another), headers: headers)
            #expect(other.status == 422)
        }
    }

    @Test func aChangeCanBeMadeForOneRevisionOnly() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let tag = try #require(try await fixture.get("/exaconf").headers[.eTag])
            #expect(try await fixture.change(.delete, "/object-volumes/cloud", headers: [.ifMatch: tag]).status == 200)
            let late = try await fixture.change(.delete, "/remote-volumes/office", headers: [.ifMatch: tag])
            #expect(late.status == 412 && late.code == "revision-conflict", "\(late)")
            #expect(try await fixture.get("/remote-volumes/office").status == 200)
        }
    }

    @Test func rightsOfTheJobCount() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            for (method, path) in [
                (HTTPRequest.Method.post, "/users"), (.delete, "/users/eve"), (.post, "/nodes/12/suspend"),
                (.patch, "/settings"), (.put, "/certificate"), (.post, "/certificate/request"),
            ] {
                // A caller who may not learns nothing of what would be wrong with the body.
                let answer = try await fixture.change(method, path, method == .delete ? nil : [:], as: "reader")
                #expect(answer.status == 403 && answer.code == "permission-denied", "\(method) \(path): \(answer)")
            }
            #expect(try await fixture.get("/jobs", as: "root").json()["items"] == [])
        }
    }

    @Test func settingsAreChangedTogether() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let answer = try await fixture.change(
                .patch, "/settings", ["changes": ["Global": ["NameServers": "192.0.2.53"]]])
            #expect(answer.status == 200, "\(answer)")
            #expect(try await fixture.get("/settings/Global").json()["NameServers"] == "192.0.2.53")
        }
    }

    @Test func onlyWhatTheCatalogueHasIsServed() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            #expect(try await fixture.get("/nodes").status == 404)
        }
        try await GatewayFixture.viewing { (fixture) async throws in
            let answer = try await fixture.send(.delete, "/certificate")
            let allowed = Set(answer.headers[.allow]?.split(separator: ", ").map(String.init) ?? [])
            #expect(answer.status == 405 && allowed.subtracting(["HEAD"]) == ["GET", "PUT"], "\(allowed)")
        }
    }
}
