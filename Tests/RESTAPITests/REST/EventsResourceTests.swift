import Access
import Application
import HTTPTypes
import JobEngine
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct EventsResourceTests {
    @Test func aPageListsEventsInOrderAndSaysWhereToGoOn() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let id = try #require(try await fixture.submit("test_set", ["text": "a"])["job_id"]?.string)
            let page = try await fixture.get("/events/page?job_id=\(id)&limit=3").json()
            let items = try #require(page["items"]?.list)
            #expect(items.map { $0["stage"]?.string } == ["submitted", "scheduled", "executed"])
            #expect(items.allSatisfy { $0["job_id"]?.string == id && $0["job_type"] == "test_set" })
            #expect(items.last?["id"] == page["next_after"])
            let next = try #require(page["next_after"]?.string)
            let rest = try await fixture.get("/events/page?job_id=\(id)&after=\(next)").json()
            #expect(
                try #require(rest["items"]?.list).map { $0["type"]?.string }
                    == ["job.stage", "config.revision", "job.stage", "job.ended"])
            let same = try await fixture.get("/events?job_id=\(id)&after=\(next)").json()
            #expect(same["items"] == rest["items"], "the address of the stream answers pages, too")
        }
    }

    @Test func aPageThatCannotGoOnIsAReset() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let page = try await fixture.get("/events/page?after=0.1").json()
            #expect(page["reset"]?["reason"] == "epoch" && page["items"] == [])
            #expect(page["reset"]?["resume_at"] == page["next_after"])
        }
    }

    @Test(arguments: [
        ("types=nonsense", "types"), ("types=job.*,x", "types"), ("job_id=x", "job_id"), ("after=7", "after"),
        ("limit=0", "limit"), ("colour=red", "colour"),
    ])
    func aQueryThatMeansNothingIsRefused(query: String, parameter: String) async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let answer = try await fixture.get("/events/page?\(query)")
            #expect(answer.status == 400 && answer.code == "query-invalid")
            #expect(try answer.json()["errors"]?.list?.first?["parameter"]?.string == parameter)
        }
    }

    @Test func theStreamOfAJobTellsItsStoryAndEnds() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let id = try #require(try await fixture.submit("test_set", ["text": "a"])["job_id"]?.string)
            let answer = try await fixture.get("/jobs/\(id)/events?last_event_id=oldest")
            #expect(answer.status == 200 && answer.headers[.contentType] == "text/event-stream")
            #expect(answer.headers[.cacheControl] == "no-store" && answer.field("X-Accel-Buffering") == "no")
            let blocks = answer.body.split(separator: "\n\n").map { $0.split(separator: "\n") }
            #expect(blocks.first == ["retry: 2000"])
            #expect(blocks.count == 9 && blocks.last?[1] == "event: end")
            for block in blocks.dropFirst() {
                #expect(block.count == 3 && block[0].hasPrefix("id: ") && block[2].hasPrefix("data: {"))
                #expect(!block[1].contains("error"))
            }
            let last = try #require(blocks.last?.first?.dropFirst(4))
            let again = try await fixture.get("/jobs/\(id)/events", headers: [.lastEventID: String(last)])
            #expect(again.status == 204 && again.body.isEmpty)
            #expect(try await fixture.get("/jobs/\(id)/events").status == 204)
        }
    }

    @Test func theSameInLines() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let id = try #require(try await fixture.submit("test_set", ["text": "a"])["job_id"]?.string)
            let answer = try await fixture.get(
                "/jobs/\(id)/events?last_event_id=oldest", headers: [.accept: "application/x-ndjson"])
            let lines = try answer.body.split(separator: "\n").map { try JSON.parse($0.utf8) }
            #expect(lines.count == 8 && lines.allSatisfy { $0["id"]?.string != nil })
            #expect(lines.last?["event"] == "end")
        }
    }

    @Test func aStreamThatCannotGoOnIsResetAndEndsWithItsJob() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let id = try #require(try await fixture.submit("test_set", ["text": "a"])["job_id"]?.string)
            let answer = try await fixture.get("/jobs/\(id)/events", headers: [.lastEventID: "0.1"])
            #expect(answer.body.contains("event: reset\ndata: {\"reason\":\"epoch\""))
            #expect(answer.body.contains("event: end"))
        }
    }

    @Test func theStreamOfAForeignJobDoesNotExist() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let id = try #require(try await fixture.submit("test_count")["job_id"]?.string)
            #expect(try await fixture.get("/jobs/\(id)/events", as: "reader").status == 404)
            let page = try await fixture.get("/events/page", as: "reader").json()
            #expect(try #require(page["items"]?.list).allSatisfy { $0["job_id"] == nil })
            #expect(try await fixture.get("/jobs/\(id)/events", headers: [.lastEventID: "x"]).code == "header-invalid")
        }
    }

    @Test func aJobCanBeFollowedChangeByChange() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            var job = try await fixture.submit("test_set", ["text": "a"], wait: false)
            let path = try #require(job["links"]?["self"]?.string)
            var tag = try #require(try await fixture.get(path).headers[.eTag])
            while job["done"] != true {
                let answer = try await fixture.get(path + "?wait=60s", headers: [.ifNoneMatch: tag])
                if answer.status == 304 { break }
                #expect(answer.status == 200 && answer.headers[.eTag] != tag)
                job = try answer.json()
                tag = try #require(answer.headers[.eTag])
            }
            #expect(try await fixture.get(path).json()["outcome"] == "ok")
        }
    }

    @Test func theConfigurationCanBeFollowed() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let before = try await fixture.get("/exaconf")
            let tag = try #require(before.headers[.eTag])
            let after = try await withThrowingTaskGroup(of: Answer.self) { group in
                group.addTask { try await fixture.get("/exaconf?wait=300s", headers: [.ifNoneMatch: tag]) }
                _ = try await fixture.submit("test_set", ["text": "a"])
                return try await #require(group.next())
            }
            #expect(after.status == 200 && after.headers[.eTag] != tag)
        }
    }

    @Test func aUserHasSoManyStreamsAndNoMore() throws {
        let seats = StreamLimiter(perUser: 2, open: Gauge())
        var taken = [try seats.take(for: "admin"), try seats.take(for: "admin")]
        #expect(throws: Problem.self) { try seats.take(for: "admin") }
        taken.append(try seats.take(for: "dba"))
        taken[0].giveUp()
        taken.removeFirst()
        taken.append(try seats.take(for: "admin"))
        #expect(throws: Problem.self) { try seats.take(for: "admin") }
        taken.removeAll()
        _ = try seats.take(for: "admin")
    }
}
