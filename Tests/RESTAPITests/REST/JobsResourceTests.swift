import HTTPTypes
import JobEngine
import Support
import Synchronization
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct JobsResourceTests {
    private static let change = #"{"type":"test_set","params":{"text":"one"},"reason":"TICKET-1"}"#

    @Test func aChangeIsTakenAndCanBeFollowedToItsEnd() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let taken = try await fixture.send(.post, "/jobs", as: "admin", body: Self.change)
            let id = try #require(try taken.json()["job_id"]?.string)
            #expect(taken.status == 202 && taken.headers[.location] == "/jobs/\(id)")
            #expect(taken.headers[.retryAfter] == "1")
            let done = try await fixture.get("/jobs/\(id)?wait=60s")
            let job = try done.json()
            #expect(done.status == 200 && job["done"] == true && job["stage"] == "committed" && job["outcome"] == "ok")
            #expect(job["reason"] == "TICKET-1" && job["user"] == "admin" && job["mode"] == "modify")
            #expect(job["submitted_at"]?.string?.hasSuffix("Z") == true && job["committed_at"] != nil)
            #expect(job["request"]?["client_addr"] == "192.0.2.1" && job["request"]?["interface"] == "rest")
            #expect(job["sync"]?.list?.first?["state"] == "acknowledged")
            let result = try await fixture.get("/jobs/\(id)/result")
            #expect(try result.json()["result_output"] == "set to one")
            #expect(try result.json()["result_revision"] == job["revision"])
        }
    }

    @Test func aJobThatEndsInTimeIsAnsweredWith200() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let answer = try await fixture.send(
                .post, "/jobs", as: "admin", headers: [.prefer: "respond-async, wait=60"], body: Self.change)
            #expect(answer.status == 200 && answer.headers[.preferenceApplied] == "wait=60")
            #expect(answer.headers[.location] != nil && answer.headers[.retryAfter] == nil)
            let typed = try await fixture.send(
                .post, "/job-types/test_count/jobs?wait=5", as: "reader", body: #"{"params":{}}"#)
            #expect(typed.status == 200)
            #expect(try typed.json()["result"]?["result_output"]?.int != nil)
        }
    }

    @Test func aWaitEndsWithTheStateOfThatMoment() async throws {
        let stuck: RecordingRunner.Answer = { _ in await StuckCommand.untilCancelled() }
        try await GatewayFixture.running(answer: stuck) { (fixture) async throws in
            let body = #"{"type":"test_act","params":{"action":"hang"}}"#
            let status = Mutex<Int?>(nil)
            async let asking: Void = {
                let answer = try await fixture.send(.post, "/jobs?wait=10s", as: "admin", body: body)
                status.withLock { $0 = answer.status }
            }()
            #expect(await fixture.engine.until(200_000) { status.withLock { $0 } != nil })
            try await asking
            #expect(status.withLock { $0 } == 202)
            let id = "11.1"
            let open = try await fixture.get("/jobs/\(id)/result")
            #expect(open.status == 202 && open.headers[.retryAfter] != nil)
            #expect(try open.json()["result_code"] == 5)
            fixture.engine.time.advance(by: .seconds(120))
            #expect(try await fixture.get("/jobs/\(id)/result").headers[.retryAfter] == "10")
            // The command never ends by itself: a plain cancel lets it go on, force ends it after a grace time.
            let asked = try await fixture.send(
                .post, "/jobs/\(id)/cancel", as: "admin", body: #"{"reason":"enough"}"#)
            #expect(try asked.status == 202 && asked.json()["cancel_state"] == "requested")
            let forced = try await fixture.send(.post, "/jobs/\(id)/cancel", as: "root", body: #"{"force":true}"#)
            #expect(forced.status == 202)
            fixture.engine.time.advance(by: .seconds(11))
            let end = try await fixture.get("/jobs/\(id)?wait=60s").json()
            #expect(end["outcome"] == "cancelled" && end["cancel_state"] == "honoured")
            #expect(try await fixture.send(.post, "/jobs/\(id)/cancel", as: "admin").status == 200)
        }
    }

    @Test func anEndedJobCannotBeCancelled() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let id = try #require(try await fixture.submit("test_count")["job_id"]?.string)
            let answer = try await fixture.send(.post, "/jobs/\(id)/cancel", as: "admin")
            #expect(answer.status == 409 && answer.code == "job-not-cancellable")
        }
    }

    @Test(arguments: [
        (#"{"params":{}}"#, "/type"), (#"{"type":7}"#, "/type"), (#"{"type":"test_count","colour":1}"#, "/colour"),
        (#"{"type":"test_count","params":[]}"#, "/params"), (#"{"type":"test_count","a/b~c":1}"#, "/a~1b~0c"),
        (#"{"type":"test_count","dry_run":"yes"}"#, "/dry_run"), ("[]", ""),
        (#"{"type":"test_set","params":{}}"#, "/params/text"),
        (#"{"type":"test_set","params":{"text":"x","nonsense":1}}"#, "/params/nonsense"),
        (#"{"type":"test_set","params":{"text":1}}"#, "/params/text"),
        (#"{"type":"test_set","params":{"text":"x","a/b~c":1}}"#, "/params/a~1b~0c"),
    ])
    func aFaultyBodyIsPointedAt(_ body: String, _ pointer: String) async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let answer = try await fixture.send(.post, "/jobs", as: "admin", body: body)
            #expect(answer.status == 400)
            #expect(try answer.json()["errors"]?.list?.contains { $0["pointer"]?.string == pointer } == true)
        }
    }

    @Test func theSameKeyMakesOneJob() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let key: HTTPFields = [.idempotencyKey: "\"key-1\""]
            let first = try await fixture.send(.post, "/jobs?wait=60s", as: "admin", headers: key, body: Self.change)
            let second = try await fixture.send(.post, "/jobs", as: "admin", headers: key, body: Self.change)
            #expect(try first.json()["job_id"] == second.json()["job_id"])
            #expect(first.headers[.idempotencyReplayed] == nil && second.headers[.idempotencyReplayed] == "true")
            let other = try await fixture.send(
                .post, "/jobs", as: "admin", headers: key, body: #"{"type":"test_set","params":{"text":"two"}}"#)
            #expect(other.status == 422 && other.code == "idempotency-key-reused")
            let bad = try await fixture.send(
                .post, "/jobs", as: "admin", headers: [.idempotencyKey: String(repeating: "k", count: 200)],
                body: Self.change)
            #expect(bad.status == 400 && bad.code == "header-invalid")
        }
    }

    @Test func aDryRunChangesNothing() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let body = #"{"type":"test_set","params":{"text":"one"},"dry_run":true}"#
            let answer = try await fixture.send(.post, "/jobs", as: "admin", body: body)
            let run = try answer.json()
            #expect(answer.status == 200 && run["outcome"] == "ok" && run["next_revision"]?.int != nil)
            #expect(run["diff"]?.string?.contains("+    IssueTracker = one") == true)
            #expect(try await fixture.get("/jobs").json()["items"]?.list == [])
            let refused = try await fixture.send(
                .post, "/jobs", as: "admin", body: #"{"type":"test_set","params":{"text":"refuse"},"dry_run":true}"#)
            #expect(try refused.status == 200 && refused.json()["outcome"] == "declined")
        }
    }

    @Test func secretsAreNeverShown() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let job = try await fixture.submit("test_run", ["actions": ["a"], "secret": "hunter2"])
            #expect(job["params"]?["secret"] == "***" && job["commands"]?.list?.first?["arguments"]?["key"] == "***")
            #expect(!JSON.text(job).contains("hunter2"))
        }
    }

    @Test func aWalkSeesEveryJobOnceWhileNewOnesCome() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            for _ in 0..<25 { _ = try await fixture.submit("test_count") }
            var seen: [String] = []
            var path: String? = "/jobs?limit=4&type=test_c*&done=true"
            while let next = path {
                let answer = try await fixture.get(next)
                #expect(answer.status == 200)
                seen += try answer.json()["items"]?.list?.compactMap { $0["job_id"]?.string } ?? []
                _ = try await fixture.submit("test_count")
                path = Self.next(answer.headers[.link])
            }
            #expect(seen == (1...25).reversed().map { "11.\($0)" })
        }
    }

    @Test func aCursorBelongsToItsFilters() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            for _ in 0..<3 { _ = try await fixture.submit("test_count") }
            let cursor = try #require(
                try await fixture.get("/jobs?limit=1&type=test_count").json()["next_cursor"]?.string)
            #expect(try await fixture.get("/jobs?limit=2&type=test_count&cursor=\(cursor)").status == 200)
            #expect(try await fixture.get("/jobs?limit=1&cursor=\(cursor)").code == "cursor-mismatch")
            #expect(try await fixture.get("/jobs?cursor=nonsense").code == "cursor-invalid")
        }
    }

    @Test(arguments: [
        ("type=test_s*", 1), ("type=test_set&type=test_count", 3), ("outcome=declined", 1), ("mode=read", 2),
        ("stage=committed", 0), ("user=admin", 3), ("user=ghost", 0), ("done=false", 0),
    ])
    func aListIsFiltered(_ filter: String, _ count: Int) async throws {
        try await GatewayFixture.running { (fixture) async throws in
            for _ in 0..<2 { _ = try await fixture.submit("test_count") }
            _ = try await fixture.submit("test_set", ["text": "refuse"])
            #expect(try await fixture.get("/jobs?\(filter)").json()["items"]?.list?.count == count)
        }
    }

    @Test func anUnchangedJobIsNotSentAgain() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let id = try #require(try await fixture.submit("test_count")["job_id"]?.string)
            let first = try await fixture.get("/jobs/\(id)")
            let tag = try #require(first.headers[.eTag])
            let second = try await fixture.get("/jobs/\(id)", headers: [.ifNoneMatch: "\"other\", W/\(tag)"])
            #expect(second.status == 304 && second.body.isEmpty && second.headers[.eTag] == tag)
            #expect(first.headers[.cacheControl] == "private, no-cache")
            #expect(try await fixture.get("/jobs/\(id)", headers: [.ifNoneMatch: "\"other\""]).status == 200)
        }
    }

    @Test func theLinesOfALogKeepTheirNumbers() async throws {
        let answer: RecordingRunner.Answer = { $0.action == "b" ? .failed(code: 3, message: "no") : .ok("one\ntwo\n") }
        try await GatewayFixture.running(answer: answer) { (fixture) async throws in
            let job = try await fixture.submit("test_run", ["actions": ["a", "b"]])
            let id = try #require(job["job_id"]?.string)
            let log = try await fixture.get("/jobs/\(id)/log").json()
            #expect(log["lines"]?.list?.compactMap { $0["text"]?.string } == ["one", "two", "no"])
            #expect(log["lines"]?.list?.last?["stream"] == "stderr" && log["complete"] == true)
            let rest = try await fixture.get("/jobs/\(id)/log?after=1&limit=1").json()
            #expect(rest["lines"]?.list?.first?["n"] == 2 && rest["next_after"] == 2 && rest["complete"] == false)
            #expect(try await fixture.get("/jobs/\(id)/log?after=99").json()["lines"] == [])
        }
    }

    @Test(arguments: ["11.999", "x", "11", "11.-1", "99999999999999999999.1", "%zz", "11%2E999"])
    func anUnknownJobIsNotFound(_ id: String) async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let answer = try await fixture.get("/jobs/\(id)")
            #expect(answer.status == 404 && answer.code == "job-not-found")
        }
    }

    private static func next(_ link: String?) -> String? {
        link?.split(separator: ", ").first { $0.hasSuffix("rel=\"next\"") }?
            .dropFirst().split(separator: ">").first.map(String.init)
    }
}

/// A command that does not end by itself.
enum StuckCommand {
    static func untilCancelled() async -> CommandOutcome {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        await withTaskCancellationHandler {
            for await _ in stream {}
        } onCancel: {
            continuation.finish()
        }
        return .cancelled
    }
}
