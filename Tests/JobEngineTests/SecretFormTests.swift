import Access
import EXAConf
import JobEngine
import Support
import Testing
import Values

/// Secrets in parameters that are not marked as such: they work, and are neither kept nor shown.
struct SecretFormTests {
    private static let secret = "-ldapBindPassword=geheim"

    private func set(_ text: String, _ scheduler: JobScheduler) async throws -> JobRecord {
        var request = JobRequest.fixture("test_set", ["text": .string(text)])
        request.intent = "see https://ann:geheim@host/"
        request.request.body = ["params": ["text": .string(text)]]
        request.request.headers = ["user-agent": "x?token=geheim"]
        let record = try await scheduler.submit(request)
        return try await scheduler.wait(for: record.id, atMost: .seconds(60))
    }

    @Test func whatIsToldByItsFormIsKeptNowhere() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let done = try await set(Self.secret, scheduler)
            #expect(done.outcome == .ok && done.hadSecrets)
            #expect(done.parameters == ["text": "-ldapBindPassword=***"])
            #expect(done.result?.output == "set to -ldapBindPassword=***")
            #expect(done.intent == "see https://ann:***@host/")
            #expect(!JSON.text(done.value).contains("geheim"))
            #expect(scheduler.configuration.document.value("IssueTracker", in: .global) == Self.secret)
            #expect(scheduler.configuration.record.reason == "see https://ann:***@host/")
            let asker = JobRequest.fixture("test_set").principal
            #expect(try await scheduler.record(done.id, for: asker).result?.output == "set to -ldapBindPassword=geheim")
            let other = Principal(name: "eve", roles: ["exaadm"])
            let seen = try await scheduler.record(done.id, for: other)
            #expect(seen.result?.output == "set to -ldapBindPassword=***")
        }
    }

    @Test func aMaskThatComesBackStandsForWhatThereIs() async throws {
        try await EngineFixture().running { scheduler in
            _ = try await set(Self.secret, scheduler)
            let again = try await set("-ldapBindPassword=***", scheduler)
            #expect(again.outcome == .ok && again.revision == nil)
            #expect(scheduler.configuration.document.value("IssueTracker", in: .global) == Self.secret)
            let other = try await set("-a -ldapBindPassword=***", scheduler)
            #expect(other.outcome == .declined && other.errorCode == .parameterInvalid)
            #expect(scheduler.configuration.document.value("IssueTracker", in: .global) == Self.secret)
        }
    }

    @Test func errorsAndLogsOfCommandsAreMasked() async throws {
        let fixture = EngineFixture { _ in .failed(code: 4, message: "no answer of ftp://u:geheim@host/") }
        try await fixture.running { scheduler in
            let record = try await scheduler.submit(.fixture("test_act", ["action": "a"]))
            let done = try await scheduler.wait(for: record.id, atMost: .seconds(60))
            #expect(done.commands.first?.message == "no answer of ftp://u:***@host/")
            #expect(done.result?.plainText == "no answer of ftp://u:***@host/")
        }
        let error = JobError(.objectMissing, "There is no -xToken=geheim here.", details: ["name": "-xToken=geheim"])
        #expect(error.message == "There is no -xToken=*** here." && error.details == ["name": "-xToken=***"])
        #expect(("https://ann:" + String(repeating: "x", count: 200) + "@host/").echoed == "https://ann:***@host/")
    }

    @Test func addressesWithSecretsAreDeclinedWhereAJobHasParametersForThem() async throws {
        try await EngineFixture().running { scheduler in
            for address in ["https://ann:geheim@host/", "https://host/?X-Amz-Signature=geheim"] {
                await #expect {
                    _ = try await scheduler.submit(.fixture("test_run", ["actions": ["a", .string(address)]]))
                } throws: { error in
                    guard let error = error as? JobError else { return false }
                    return error.faults.map(\.pointer) == ["/params/actions/1"] && !error.message.contains("geheim")
                        && error.message.contains("for secrets there are secret.")
                }
            }
            let taken = try await set("https://ann:geheim@host/", scheduler)
            #expect(taken.parameters == ["text": "https://ann:***@host/"])
        }
    }

    @Test func whatAnOlderVersionKeptIsMaskedAndNotTakenUp() throws {
        var members = JobRecord.fixture().value.map ?? [:]
        members["params"] = ["params": "-ldapBindPassword=geheim"]
        members["intent"] = "https://ann:geheim@host/"
        let record = try #require(JobRecord(.map(members)))
        #expect(record.parameters == ["params": "-ldapBindPassword=***"] && record.hadSecrets)
        #expect(record.intent == "https://ann:***@host/")
        #expect(JobRecord(JobRecord.fixture().value)?.hadSecrets == false)
    }
}
