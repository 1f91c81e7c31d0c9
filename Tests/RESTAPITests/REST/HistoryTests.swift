import Access
import Foundation
import HTTPTypes
import JobEngine
import Jobs
import Support
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct HistoryTests {
    private static func user(_ name: String, of fixture: GatewayFixture) async throws {
        let job = try await fixture.submit("group_create", ["groupname": .string(name), "groupid": 5000])
        #expect(job["outcome"] == "ok", "\(job)")
    }

    @Test func jobsRevisionsAndLoginsStandInOneOrder() async throws {
        try await GatewayFixture.running(catalogue: .confd) { (fixture) async throws in
            try await Self.user("pilots", of: fixture)
            let items = try #require(try await fixture.get("/history?limit=1000").json()["items"]?.list)
            let kinds = Set(items.compactMap { $0["kind"]?.string })
            #expect(kinds.isSuperset(of: ["job", "revision", "login"]))
            let times = items.compactMap { $0["time"]?.string }
            #expect(times.count == items.count && times == times.sorted(by: >))
            let job = try #require(items.first { $0["kind"] == "job" })
            #expect(job["type"] == "group_create" && job["objects"] == ["group:pilots"] && job["outcome"] == "ok")
            #expect(!items.contains { $0["kind"] == "job" && $0["seq"] != nil }, "a job stands there once")
        }
    }

    @Test func whatConcernsAnObjectIsFound() async throws {
        try await GatewayFixture.running(catalogue: .confd) { (fixture) async throws in
            try await Self.user("pilots", of: fixture)
            let body = #"{"type":"group_info","params":{"groupname":"root"}}"#
            _ = try await fixture.send(.post, "/jobs", as: "admin", body: body)
            let items = try #require(
                try await fixture.get("/history?object=group:pilots&limit=100").json()["items"]?.list)
            #expect(Set(items.compactMap { $0["kind"]?.string }) == ["job", "revision"])
            #expect(items.allSatisfy { $0["objects"] == ["group:pilots"] })
            #expect(try await fixture.get("/history?object=group:nobody").json()["items"] == [])
        }
    }

    @Test func aWalkShowsEverythingOnce() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            for _ in 0..<12 { _ = try await fixture.submit("test_count") }
            var path: String? = "/history?limit=5&kind=job"
            var ids: [String] = []
            while let current = path {
                let page = try await fixture.get(current).json()
                ids += page["items"]?.list?.compactMap { $0["job_id"]?.string } ?? []
                // What comes later does not belong to the walk.
                _ = try await fixture.submit("test_count")
                path = page["next_cursor"]?.string.map { "/history?limit=5&kind=job&cursor=\($0)" }
            }
            #expect(ids.count == 12 && Set(ids).count == 12)
        }
    }

    @Test func aCursorIsBoundToItsFilters() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            for _ in 0..<3 { _ = try await fixture.submit("test_count") }
            let cursor = try #require(try await fixture.get("/history?limit=1").json()["next_cursor"]?.string)
            #expect(try await fixture.get("/history?kind=job&cursor=\(cursor)").code == "cursor-mismatch")
            #expect(try await fixture.get("/history?cursor=nonsense").code == "cursor-invalid")
        }
    }

    @Test func othersSeeTheirOwnJobsAndNothingElse() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            _ = try await fixture.submit("test_count", as: "admin")
            _ = try await fixture.submit("test_count", as: "reader")
            let items = try #require(try await fixture.get("/history", as: "reader").json()["items"]?.list)
            #expect(items.count == 1 && items.first?["user"] == "reader")
            let others = try await fixture.get("/history?user=admin", as: "reader").json()["items"]
            #expect(others == [])
        }
    }

    @Test func anExportIsOneCompressedFileOfLines() async throws {
        try await GatewayFixture.running(catalogue: .confd) { (fixture) async throws in
            try await Self.user("pilots", of: fixture)
            let answer = try await fixture.get("/history/export")
            #expect(answer.headers[.contentType] == "application/gzip")
            #expect(answer.headers[.contentDisposition]?.hasSuffix(".ndjson.gz\"") == true)
            let file = FileManager.default.temporaryDirectory.appending(path: "confd-\(UUID().uuidString).gz")
            defer { try? FileManager.default.removeItem(at: file) }
            try Data(answer.bytes).write(to: file)
            let text = try await ShellCommand.run(["gzip", "-dc", file.path]).output
            let lines = try text.split(separator: "\n").map { try JSON.parse(Array($0.utf8)) }
            #expect(lines.first?["format"] == "confd-history" && lines.first?["version"] == 1)
            #expect(lines.dropFirst().contains { $0["type"] == "group_create" })
        }
    }

    @Test func theAuditLogIsReadByThoseWhoMay() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let agent: HTTPFields = [.userAgent: "story/1.0"]
            _ = try await fixture.send(.get, "/exaconf", as: "reader", headers: agent)
            #expect(try await fixture.get("/audit", as: "dba").status == 403)
            let page = try await fixture.get("/audit?event=denied&user=reader").json()
            let record = try #require(page["items"]?.list?.first)
            #expect(record["event"] == "denied" && record["path"] == "/exaconf" && record["user_agent"] == "story/1.0")
            #expect(record["roles"] == ["exausers"] && record["auth"] == "password" && record["interface"] == "rest")
            #expect(record["hash"]?.string?.count == 64 && record["prev_hash"] != nil && (record["seq"]?.int ?? 0) > 0)
            #expect(try await fixture.get("/audit?event=sunrise").code == "query-invalid")
        }
    }

    @Test func recordsOfOtherNodesAreToldAndNodesThatAreAwayAreNamed() async throws {
        let peers = InMemoryAuditPeers([12, 13])
        peers.setAway(true, 13)
        for time in 1...3 { peers.record(AuditEvent(kind: .lockout, time: Int64(time), user: "eve"), on: 12) }
        try await GatewayFixture.running(auditPeers: peers) { (fixture) async throws in
            let away: Value = [["node": 13, "reason": "it is away"]]
            for path in ["/history?kind=lockout", "/audit?event=lockout"] {
                let page = try await fixture.get(path).json()
                #expect(page["items"]?.list?.map { $0["node"] } == [12, 12, 12] && page["missing"] == away, "\(path)")
                #expect(page["items"]?.list?.map { $0["seq"] } == [3, 2, 1] && page["next_cursor"] == nil)
            }
            let chosen = try await fixture.get("/audit?event=lockout&node=12").json()
            #expect(chosen["items"]?.list?.count == 3 && chosen["missing"] == nil)
            #expect(try await fixture.get("/audit?node=n12").code == "query-invalid")
            let jobs = try await fixture.get("/history?kind=job").json()
            #expect(jobs["missing"] == nil, "nobody was asked")
        }
    }

    @Test func aCursorGoesOnInTheLogOfEachNode() async throws {
        let peers = InMemoryAuditPeers([12, 13])
        for time in 1...5 {
            peers.record(AuditEvent(kind: .lockout, time: Int64(10 * time), user: "eve"), on: 12)
            peers.record(AuditEvent(kind: .lockout, time: Int64(10 * time + 5), user: "eve"), on: 13)
        }
        try await GatewayFixture.running(auditPeers: peers) { (fixture) async throws in
            var path: String? = "/audit?event=lockout&limit=3"
            var places: [String] = []
            while let current = path {
                let page = try await fixture.get(current).json()
                places += (page["items"]?.list ?? []).map { "\($0["node"]?.int ?? 0) \($0["seq"]?.int ?? 0)" }
                // What is written down meanwhile does not belong to the walk.
                peers.record(AuditEvent(kind: .lockout, time: 99, user: "eve"), on: 12)
                path = page["next_cursor"]?.string.map { "/audit?event=lockout&limit=3&cursor=\($0)" }
            }
            #expect(places == (1...5).reversed().flatMap { ["13 \($0)", "12 \($0)"] })
        }
    }

    @Test func askingAJobToStopIsAudited() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let id = try #require(try await fixture.submit("test_count")["job_id"]?.string)
            let answer = try await fixture.send(.post, "/jobs/\(id)/cancel", as: "admin", body: #"{"reason":"late"}"#)
            #expect(answer.status == 409)
            let event = try #require(fixture.audit.events.first { $0.kind == .cancel })
            #expect(event.user == "admin" && event.detail == "job-not-cancellable")
            #expect(event.fields["job_id"] == id && event.fields["reason"] == "late")
        }
    }

    @Test func theRecordOfAJobNamesItsObjects() async throws {
        try await GatewayFixture.running(catalogue: .confd) { (fixture) async throws in
            try await Self.user("pilots", of: fixture)
            let event = try #require(fixture.audit.events.first { $0.kind == .job })
            #expect(event.fields["objects"] == "group:pilots" && event.fields["roles"] == "exaadm")
        }
    }
}
