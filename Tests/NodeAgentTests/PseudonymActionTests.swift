import JobEngine
import NodeAgent
import Testing
import Values

/// What a node does beside its store when a name is replaced.
struct PseudonymActionTests {
    private struct History: Pseudonymiser {
        var refusal: JobError?

        func pseudonymise(_ request: PseudonymRequest) async throws(JobError) -> PseudonymReport {
            if let refusal { throw refusal }
            var report = PseudonymReport(pseudonym: request.names.pseudonym)
            let isAsTold = request.requester == "root" && request.names.name == "jane" && request.users == ["ann"]
            report.jobs = isAsTold ? 3 : 0
            report.left = ["job 7"]
            return report
        }
    }

    private let place: TemporaryInstallation
    private let command = Command(
        "user.pseudonymise", on: 11, ["removed_user": "jane", "pseudonym": "user-7f3a", "requester": "root"],
        secrets: ["removed_user"])

    init() throws {
        place = try TemporaryInstallation()
        for (name, text) in [
            ("EXAConf", "[Users]\n    [[ann]]\n        ID = 7\n"), ("EXAConf.0", "[[janet]]"),
            ("EXAConf.1", "[[jane]]"), ("EXAConf.5", "# jane"),
            ("EXAConf.edited.20261130T210000Z", "[[jane]]"), ("other", "jane"),
        ] {
            try place.write(text, to: "\(place.root.etc)/\(name)", mode: 0o600)
        }
    }

    private func run(_ history: History) async -> CommandOutcome {
        await NodeAgent(node: 11, root: place.root, handlers: [.pseudonymising(history)])
            .run(command, job: JobID(node: 11, number: 5), step: 0)
    }

    private func text(_ name: String) -> String? { place.text("\(place.root.etc)/\(name)") }

    @Test func formerConfigurationsWithTheNameGoAndEditsAreTold() async throws {
        guard case .ok(let answer) = await run(History()) else {
            Issue.record("it failed")
            return
        }
        #expect(answer["jobs"] == 3 && answer["pseudonym"] == "user-7f3a")
        #expect(
            answer["left"] == ["job 7", "etc/EXAConf.edited.20261130T210000Z: an edit that was replaced"] as Value)
        #expect(text("EXAConf.1") == nil && text("EXAConf.5") == nil)
        #expect(text("EXAConf") != nil && text("EXAConf.0") == "[[janet]]" && text("other") == "jane")
        #expect(text("EXAConf.edited.20261130T210000Z") == "[[jane]]")
    }

    @Test func nothingGoesWhenTheHistoryIsInUse() async {
        let refusal = JobError(.objectBusy, "Job 11.4 has not ended.")
        #expect(await run(History(refusal: refusal)) == .refused(refusal))
        #expect(text("EXAConf.1") == "[[jane]]")
    }
}
