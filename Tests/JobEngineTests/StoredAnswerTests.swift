import Access
import EXAConf
import JobEngine
import Support
import Testing
import Values

/// Jobs whose answers are too long for their records.
@Suite(.timeLimit(.minutes(5))) struct StoredAnswerTests {
    private let answer: StoredAnswer

    init() throws { answer = try #require(StoredAnswer(bytes: 2_000_000, sha256: String(repeating: "0f", count: 32))) }

    @Test func theJobSaysWhereItIs() async throws {
        let fixture = EngineFixture(answer: { [answer] _ in .stored(answer) })
        try await fixture.running { scheduler in
            let id = try await scheduler.submit(.fixture("test_act", ["action": "go"])).id
            let done = try await scheduler.wait(for: id, atMost: .seconds(60))
            #expect(done.outcome == .ok && done.commands.first?.storedAnswer == answer)
            #expect(done.commands.first?.output == nil && done.commands.first?.exitCode == 0)
            let text = try #require(done.result?.output?.string)
            #expect(text.contains("2000000 bytes") && text.contains("node 11") && text.contains(answer.sha256))
            #expect(text.contains("GET /jobs/\(id)/answers/0"))
            #expect(done.storedAnswers.map(\.answer) == [answer])
            // It is in the store, and read from there as it was.
            let kept = try #require(try await fixture.store.job(id))
            #expect(kept == done && JobRecord(kept.value) == kept)
            #expect(kept.shown["commands"]?.list?.first?["stored_answer"] == answer.value)
        }
    }

    @Test func nothingIsDecidedByWhatIsNotHere() async throws {
        let look = JobDefinition(
            name: "test_look", noun: "test", summary: "Keep what a command says.", mode: .modify,
            permission: Permission(users: [], groups: ["exaadm"]), result: "none",
            work: .act { (_, _) throws(JobError) in
                var plan = Plan(commands: [Command("go", on: 11, undo: "undo.go")])
                plan.amend = { (document, answers) throws(JobError) in
                    do throws(EXAConfError) {
                        try document.set("IssueTracker", to: "\(answers)", in: .global)
                    } catch {
                        throw JobError(.parameterInvalid, error.message)
                    }
                }
                return plan
            }
        ).with { $0.undoes = ["go": "undo.go"] }
        let fixture = EngineFixture(catalogue: JobCatalogue([look]), answer: { [answer] _ in .stored(answer) })
        try await fixture.running { scheduler in
            let revision = scheduler.configuration.revision
            let id = try await scheduler.submit(.fixture("test_look")).id
            let done = try await scheduler.wait(for: id, atMost: .seconds(60))
            #expect(done.outcome == .failed && done.errorCode == .jobFailed)
            #expect(done.result?.text.contains("longer than this job can use") == true)
            #expect(done.commands.first?.undoneAt != nil && scheduler.configuration.revision == revision)
        }
    }
}
