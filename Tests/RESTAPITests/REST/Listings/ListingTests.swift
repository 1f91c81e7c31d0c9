import Access
import Application
import EXAConf
import HTTPTypes
import JobEngine
import Jobs
import Support
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

/// What holds for every typed list.
@Suite(.timeLimit(.minutes(5))) struct ListingTests {
    private static let paths = [
        "/nodes", "/databases", "/volumes", "/disks", "/backups", "/schedules", "/bucketfs", "/users",
    ]

    @Test(arguments: [
        ("/nodes", "id", ["11", "12", "13"]), ("/databases", "name", ["DB1"]),
        ("/volumes", "name", ["ArchiveVolume1", "DataVolume1"]),
        ("/disks", "id", ["11-disk1", "12-disk1", "13-disk1"]),
        ("/schedules", "id", ["DB1:backup:weekly"]), ("/bucketfs", "name", ["bfs2", "bfsdefault"]),
        ("/users", "name", ["admin", "exadefusr", "exasaasusr", "probe", "root"]),
    ])
    func itemsAreListedByNameAndEachHasAPath(_ path: String, _ label: String, _ names: [String]) async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let items = try await fixture.items(path)
            #expect(items.map { $0[label]?.string ?? $0[label]?.int.map(String.init) } == names)
            for (name, listed) in zip(names, items) {
                let answer = try await fixture.get("\(path)/\(name)")
                #expect(answer.status == 200, "\(answer)")
                #expect(try answer.json() == listed, "a list has whole objects")
            }
        }
    }

    @Test(arguments: [
        "/nodes/99", "/nodes/011", "/nodes/eleven", "/databases/DB9", "/volumes/none", "/disks/11-disk9",
        "/backups/none", "/schedules/DB1:backup:daily", "/bucketfs/bfs9", "/users/nobody", "/users/a%0Ab",
    ])
    func whatIsNotThereIsNotFound(_ path: String) async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let answer = try await fixture.get(path)
            #expect(answer.status == 404 && answer.code == "object-missing", "\(answer)")
        }
    }

    @Test func noTextOfAnItemHasASecret() {
        let thing = Representation<String>(
            "Thing", "A thing.",
            members: [
                .has("text", Schema.text("A text."), like: "") { .string($0) },
                .has("parts", Schema.list(Schema.text("A text."), "Texts."), like: []) { [["inner": .string($0)], 1] },
            ])
        let mask: Value = "-ldapBindPassword=***"
        #expect(
            thing.value(of: "-ldapBindPassword=geheim") == ["text": mask, "parts": [["inner": mask], 1]])
    }

    @Test func pagesFollowOneAnotherAndAreBoundToTheirFilters() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            var names: [String] = []
            var path: String? = "/users?limit=2"
            while let next = path {
                let answer = try await fixture.get(next)
                let page = try answer.json()
                names += (page["items"]?.list ?? []).compactMap { $0["name"]?.string }
                path = page["next_cursor"]?.string.map { "/users?limit=2&cursor=\($0)" }
                let link = answer.field("Link") ?? ""
                #expect(link.contains("rel=\"next\"") == (path != nil) && link.contains("rel=\"first\""), "\(link)")
            }
            #expect(names == ["admin", "exadefusr", "exasaasusr", "probe", "root"])
            let cursor = try #require(try await fixture.get("/users?limit=2").json()["next_cursor"]?.string)
            let other = try await fixture.get("/users?limit=2&group=exaadm&cursor=\(cursor)")
            #expect(other.status == 400 && other.code == "cursor-mismatch", "\(other)")
            let wrong = try await fixture.get("/users?cursor=nonsense")
            #expect(wrong.status == 400 && wrong.code == "cursor-invalid", "\(wrong)")
        }
    }

    @Test func whatComesMeanwhileMovesNothing() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let cursor = try #require(try await fixture.get("/users?limit=2").json()["next_cursor"]?.string)
            let made: Value = [
                "username": "aaron", "userid": 3001, "group": "exausers", "login_enabled": true, "password": "a secret",
            ]
            #expect(try await fixture.change(.post, "/users", made).status == 200)
            let rest = try await fixture.get("/users?cursor=\(cursor)").json()["items"]?.list ?? []
            #expect(rest.map { $0["name"]?.string } == ["exasaasusr", "probe", "root"])
        }
    }

    @Test func membersAndItemsCanBeChosen() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let page = try await fixture.get("/users?fields=name,is_root&count=true&login_enabled=false").json()
            let items = try #require(page["items"]?.list)
            #expect(page["total"] == .int(items.count) && items.count > 0)
            #expect(items.allSatisfy { Set(($0.map ?? [:]).keys) == ["name", "is_root"] })
            let both = try await fixture.get("/nodes?state=online&state=offline").json()["items"]?.list ?? []
            #expect(both.count == 3)
            let none = try await fixture.get("/nodes?state=deactivated").json()
            #expect(none["items"] == [])
            let wrong = try await fixture.get("/users?fields=colour")
            #expect(wrong.status == 400 && wrong.body.contains("authorized_keys"), "\(wrong)")
            #expect(try await fixture.get("/users?colour=red").code == "query-invalid")
        }
    }

    @Test func whoHasItAlreadyIsToldSo() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            for path in Self.paths {
                let tag = try #require(try await fixture.get(path).headers[.eTag], "\(path)")
                let again = try await fixture.get(path, headers: [.ifNoneMatch: tag])
                #expect(again.status == 304 && again.body.isEmpty, "\(path)")
            }
            let tag = try #require(try await fixture.get("/users").headers[.eTag])
            #expect(try await fixture.change(.patch, "/users/probe", ["login_enabled": false]).status == 200)
            #expect(try await fixture.get("/users", headers: [.ifNoneMatch: tag]).status == 200)
        }
    }

    @Test func aReadAsksNobodyAndNothingHoldsIt() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let rule: Value = ["action": "pause"]
            let made = try await fixture.send(.post, "/queue/rules", as: "admin", body: JSON.text(rule))
            #expect(made.status == 201, "\(made)")
            for path in Self.paths { #expect(try await fixture.get(path).status == 200, "\(path)") }
            for path in ["/nodes/11", "/databases/DB1", "/volumes/DataVolume1", "/disks/11-disk1", "/bucketfs/bfs2"] {
                #expect(try await fixture.get(path).status == 200, "\(path)")
            }
            #expect(fixture.engine.runner.commands.isEmpty)
            #expect(try await fixture.get("/jobs").json()["items"] == [])
        }
    }

    @Test func rightsAreThoseOfTheJobsThatList() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            for path in Self.paths {
                #expect(try await fixture.send(.get, path).status == 401, "\(path)")
                let little = try await fixture.get(path, as: "nobody")
                #expect(little.status == 403 && little.code == "permission-denied", "\(path): \(little)")
                #expect(little.body.contains("exaadm"), "\(path): it says who may")
            }
            for path in ["/databases", "/backups", "/schedules"] {
                #expect(try await fixture.get(path, as: "dba").status == 200, "\(path)")
            }
            for path in ["/volumes", "/disks", "/nodes", "/users", "/bucketfs"] {
                #expect(try await fixture.get(path, as: "dba").status == 403, "\(path)")
            }
        }
    }

    @Test func anyNodeAnswersWhatItKnows() async throws {
        let elsewhere = ForeignCluster(master: .init(node: 11, name: "n11", address: "10.0.0.11"))
        try await GatewayFixture.running(
            cluster: elsewhere, catalogue: .confd, file: FixtureCluster.document.text
        ) { (fixture) async throws in
            #expect(try await fixture.get("/volumes").status == 302)
            let local = try await fixture.get("/volumes?consistency=local")
            #expect(local.status == 200, "\(local)")
            #expect(try local.json()["items"]?.list?.count == 2)
        }
    }

    @Test func everyMemberIsDescribedAndTheExamplesFit() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let schemas = fixture.schemas
            for name in ["Node", "Database", "Volume", "Disk", "StoredBackup", "Schedule", "BucketFSService", "User"] {
                let schema = try #require(schemas[name], "\(name)")
                let example = try #require(schema["example"], "\(name)")
                #expect(fixture.faults(of: example, name) == [])
                for (member, form) in schema["properties"]?.map ?? [:] {
                    #expect(form["$ref"] != nil || form["description"]?.string?.isEmpty == false, "\(name).\(member)")
                    #expect(form["additionalProperties"] == nil, "\(name).\(member) is open")
                }
                #expect(schemas["\(name)List"]?["properties"]?["items"]?["items"] == Schema.ref(name))
            }
        }
    }

    @Test func whatGoesSaysWhatComesInItsPlace() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            for (path, successor) in [
                ("/databases/DB1/state", "/databases"), ("/databases/DB1/backups", "/backups"),
                ("/databases/DB1/backup-schedules", "/schedules"),
                ("/databases/DB1/backup-schedules/weekly", "/schedules"),
            ] {
                let answer = try await fixture.get(path)
                #expect(answer.field("Deprecation") == "@1796083200", "\(path)")
                #expect(answer.field("Link")?.contains("<\(successor)>; rel=\"successor-version\"") == true, "\(path)")
            }
            #expect(try await fixture.get("/databases").field("Deprecation") == nil)
        }
    }
}
