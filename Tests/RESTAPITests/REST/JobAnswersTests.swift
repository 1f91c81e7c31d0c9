import HTTPTypes
import JobEngine
import Synchronization
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

/// What commands answered, also where that is too long for the records of their jobs.
@Suite(.timeLimit(.minutes(5))) struct JobAnswersTests {
    private static let content = Array(JSON.text(["text": .string(String(repeating: "x", count: 1 << 20))]).utf8)
    private static let sha256 = String(repeating: "0f", count: 32)

    /// Answers that are somewhere, or are not.
    private final class Answers: CommandAnswers {
        private let refusal = Mutex<JobError?>(nil)

        func refuse(_ error: JobError) { refusal.withLock { $0 = error } }

        func content(
            _ answer: StoredAnswer, of job: JobID, step: Int, on node: Int
        ) async throws(JobError) -> AnswerContent {
            if let error = refusal.withLock({ $0 }) { throw error }
            return AnswerContent(size: answer.bytes) { place, count in
                Array(JobAnswersTests.content[place...].prefix(count))
            }
        }
    }

    private func running(
        _ outcome: CommandOutcome, _ work: @Sendable (GatewayFixture, Answers) async throws -> Void
    ) async throws {
        let answers = Answers()
        try await GatewayFixture.running(answers: answers, answer: { _ in outcome }) { (fixture) async throws in
            try await work(fixture, answers)
        }
    }

    private func stored() throws -> CommandOutcome {
        .stored(try #require(StoredAnswer(bytes: Self.content.count, sha256: Self.sha256)))
    }

    @Test func aShortAnswerIsThatOfTheRecord() async throws {
        try await running(.ok(["a": 1])) { (fixture, _) async throws in
            let job = try await fixture.submit("test_act", ["action": "go"])
            let id = try #require(job["job_id"]?.string)
            #expect(job["links"]?["answers"] == nil && job["commands"]?.list?.first?["stored_answer"] == nil)
            let answer = try await fixture.get("/jobs/\(id)/answers/0")
            #expect(answer.status == 200)
            #expect(try answer.json() == ["a": 1])
            for step in ["1", "-1", "x", "99999999999999999999"] {
                let missing = try await fixture.get("/jobs/\(id)/answers/\(step)")
                #expect(missing.status == 404 && missing.code == "object-missing", "\(step)")
            }
            let foreign = try await fixture.get("/jobs/\(id)/answers/0", as: "nobody")
            #expect(foreign.status == 404 && foreign.code == "job-not-found")
        }
    }

    @Test func aCommandThatAnsweredNothingHasNoAnswer() async throws {
        try await running(.ok(.null)) { (fixture, _) async throws in
            let job = try await fixture.submit("test_act", ["action": "go"])
            let id = try #require(job["job_id"]?.string)
            #expect(try await fixture.get("/jobs/\(id)/answers/0").status == 404)
        }
    }

    @Test func aLongAnswerIsToldOfAndStreamed() async throws {
        try await running(stored()) { (fixture, _) async throws in
            let job = try await fixture.submit("test_act", ["action": "go"])
            let id = try #require(job["job_id"]?.string)
            let path = "/jobs/\(id)/answers/0"
            let size = Self.content.count
            #expect(job["outcome"] == "ok" && job["links"]?["answers"] == [.string(path)])
            let command = try #require(job["commands"]?.list?.first)
            #expect(command["stored_answer"] == ["bytes": .int(size), "sha256": .string(Self.sha256)])
            #expect(command["output"] == nil && command["exit_code"] == 0)
            let result = try await fixture.get("/jobs/\(id)/result").json()
            #expect(
                result["answers"] == [
                    ["bytes": .int(size), "sha256": .string(Self.sha256), "node": 11, "path": .string(path)]
                ])
            #expect(
                result["result_output"]?.string?.contains("is in a file of node 11 for some days: GET \(path).") == true
            )
            let log = try await fixture.get("/jobs/\(id)/log").json()
            #expect(log["lines"]?.list?.contains { $0["text"]?.string?.contains(path) == true } == true)
            let answer = try await fixture.get(path, headers: [.acceptEncoding: "gzip"])
            #expect(answer.status == 200 && answer.headers[.contentType] == "application/json")
            #expect(answer.bytes == Self.content && answer.headers[.contentEncoding] == nil)
            #expect(try await fixture.get(path, as: "nobody").status == 404)
        }
    }

    @Test func whatCannotBeHadSaysWhetherItCanBeLater() async throws {
        try await running(stored()) { (fixture, answers) async throws in
            let job = try await fixture.submit("test_act", ["action": "go"])
            let id = try #require(job["job_id"]?.string)
            answers.refuse(JobError(.answerUnavailable, "Node 12 is away.", details: ["node": 12]))
            let later = try await fixture.get("/jobs/\(id)/answers/0")
            #expect(later.status == 503 && later.code == "answer-unavailable" && later.headers[.retryAfter] == "1")
            #expect(try later.json()["retryable"] == true)
            answers.refuse(.answerGone(of: JobID(node: 11, number: 1), step: 0, on: 12))
            let never = try await fixture.get("/jobs/\(id)/answers/0")
            #expect(never.status == 410 && never.code == "answer-gone" && never.headers[.retryAfter] == nil)
        }
    }

    @Test func severalLongAnswersAreAllNamed() async throws {
        try await running(stored()) { (fixture, _) async throws in
            let job = try await fixture.submit("test_run", ["actions": ["a", "b"]])
            let id = try #require(job["job_id"]?.string)
            #expect(job["outcome"] == "ok")
            #expect(job["links"]?["answers"] == .strings([0, 1].map { "/jobs/\(id)/answers/\($0)" }))
        }
    }
}
