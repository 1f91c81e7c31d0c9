import HTTPTypes
import JobEngine
import Support
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct EXAConfResourceTests {
    @Test func theConfigurationComesAsObjectsOrAsTheFile() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let json = try await fixture.get("/exaconf", as: "root")
            let revision = try #require(json.field("Confd-Revision"))
            #expect(try json.json()["Global"]?["Revision"]?.string == revision)
            #expect(json.headers[.eTag]?.hasPrefix("\"r\(revision)-") == true && json.headers[.lastModified] != nil)
            let text = try await fixture.get("/exaconf", as: "root", headers: [.accept: "text/plain"])
            #expect(text.body == fixture.engine.runner.file && text.headers[.eTag] == json.headers[.eTag])
        }
    }

    @Test func onlyRootSeesSecrets() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            for (user, hides) in [("root", false), ("admin", true), ("dba", true)] {
                let json = try await fixture.get("/exaconf", as: user)
                #expect((try json.json()["Global"]?["AuthenticationToken"] == "***") == hides)
                for path in ["/exaconf", "/exaconf/revisions/\(try #require(json.field("Confd-Revision")))"] {
                    let text = try await fixture.get(path, as: user, headers: [.accept: "text/plain"])
                    #expect(text.status == 200 && text.body.contains("AuthenticationToken = ***") == hides)
                }
            }
        }
    }

    @Test func anUnchangedConfigurationIsNotSentAgain() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let tag = try #require(try await fixture.get("/exaconf").headers[.eTag])
            let again = try await fixture.get("/exaconf", headers: [.ifNoneMatch: tag])
            #expect(again.status == 304 && again.body.isEmpty && again.field("Confd-Revision") != nil)
            _ = try await fixture.submit("test_set", ["text": "new"])
            #expect(try await fixture.get("/exaconf", headers: [.ifNoneMatch: tag]).status == 200)
        }
    }

    @Test func everyRevisionTellsWhoMadeItAndWhatItChanged() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let job = try await fixture.submit("test_set", ["text": "Tracker"])
            let number = try #require(job["revision"]?.int)
            let revision = try await fixture.get("/exaconf/revisions/\(number)").json()
            #expect(
                revision["user"] == "admin" && revision["job_id"] == job["job_id"] && revision["acks"]?.list?.count == 1
            )
            let difference = try await fixture.get("/exaconf/revisions/\(number)/diff").json()
            let change = try #require(difference["changes"]?.list?.first { $0["key"] == "IssueTracker" })
            #expect(change["section"] == ["Global"] && change["new"] == "Tracker")
            let text = try await fixture.get(
                "/exaconf/revisions/\(number)/diff?against=\(number - 1)", headers: [.accept: "text/x-diff"])
            #expect(text.body == difference["unified"]?.string && text.body.contains("+    IssueTracker = Tracker"))
        }
    }

    @Test func aWalkSeesEveryRevisionOnce() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            for number in 0..<7 { _ = try await fixture.submit("test_set", ["text": .string("t\(number)")]) }
            let head = try #require(try await fixture.get("/exaconf").field("Confd-Revision").flatMap { Int($0) })
            var seen: [Int] = []
            var cursor: String? = ""
            while let here = cursor {
                let page = try await fixture.get("/exaconf/revisions?limit=3" + here).json()
                seen += page["items"]?.list?.compactMap { $0["revision"]?.int } ?? []
                cursor = page["next_cursor"]?.string.map { "&cursor=\($0)" }
            }
            #expect(seen.count >= 8 && seen == Array((head - seen.count + 1...head).reversed()))
        }
    }

    @Test(arguments: ["999", "0", "-1", "x", "99999999999999999999", "1/diff?against=999"])
    func anUnknownRevisionIsNotFound(_ name: String) async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let answer = try await fixture.get("/exaconf/revisions/\(name)")
            #expect(answer.status == 404 && answer.code == "revision-not-found")
        }
    }
}
