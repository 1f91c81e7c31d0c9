import Access
import HTTPTypes
import JobEngine
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct ErrorTableTests {
    @Test(arguments: ProblemCode.all) func everyErrorSaysCauseAndCure(_ code: ProblemCode) {
        let entry = ErrorTable.entry(code)
        #expect(entry.code == code)
        #expect(ErrorTable.entry(named: code.name)?.code == code)
        #expect(!entry.title.isEmpty && entry.cause.hasSuffix(".") && entry.cure.hasSuffix("."))
        #expect((1...125).contains(entry.exitCode))
        #expect(Problem(code, "Text.").answerStatus.kind != .successful)
    }

    @Test func everyErrorHasAPage() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            for code in ProblemCode.all {
                let page = try await fixture.send(.get, "/problems/\(code.name)")
                #expect(page.status == 200 && page.body.contains(ErrorTable.entry(code).cure), "\(code.name)")
            }
            #expect(try await fixture.send(.get, "/problems/nonsense").status == 404)
        }
    }

    @Test func titlesAreDifferent() {
        // Two ways of asking for a job that does not exist read alike on purpose.
        let titles = ProblemCode.all.filter { $0 != .job(.jobTypeUnknown) }.map { ErrorTable.entry($0).title }
        #expect(Set(titles).count == titles.count)
    }

    @Test(arguments: [
        (JobError.Code.permissionDenied, 403), (.parameterMissing, 400), (.jobTypeUnknown, 404),
        (.jobNotCancellable, 409), (.revisionConflict, 412), (.idempotencyKeyReused, 422), (.queueFull, 503),
        (.jobExpired, 410), (.internal, 500),
    ])
    func aJobErrorHasItsStatus(_ code: JobError.Code, _ status: Int) {
        #expect(Problem(JobError(code, "Text.")).answerStatus.code == status)
    }

    @Test func aLackOfMemoryCanBeTriedAgain() throws {
        let problem = try #require(Problem(BodyMemory.Shortage(retryAfter: 5)))
        #expect(problem.answerStatus.code == 503 && problem.headers[.retryAfter] == "5")
        #expect(problem.value(instance: "/jobs", requestID: "r1")["retryable"] == true)
    }

    @Test func aProblemHasAllItsMembers() throws {
        var problem = Problem(
            JobError(
                .parameterInvalid, "Wrong.",
                faults: [.init(pointer: "/params/a", code: .parameterInvalid, text: "No.")],
                details: ["current_revision": 3]))
        problem.faults.append(.init(.parameter("limit"), "parameter-invalid", detail: "Give a number."))
        let value = problem.value(instance: "/jobs", requestID: "r1")
        #expect(value["type"] == "/problems/parameter-invalid" && value["code"] == "parameter-invalid")
        #expect(value["status"] == 400 && value["instance"] == "/jobs" && value["request_id"] == "r1")
        #expect(value["retryable"] == false && value["current_revision"] == 3 && value["detail"] == "Wrong.")
        #expect(value["errors"]?.list?.map { $0["pointer"] ?? $0["parameter"] } == ["/params/a", "limit"])
        #expect(value["result"]?["result_code"] == 105)
    }
}
