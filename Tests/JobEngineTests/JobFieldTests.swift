import Support
import Testing
import Values

@testable import JobEngine

/// What is described of a job's record, once.
struct JobFieldTests {
    /// A record in which every member says something.
    private static let full: JobRecord = {
        var job = JobRecord.fixture()
        job.intent = "because"
        job.idempotencyKey = "once"
        job.hadSecrets = true
        job.expectedRevision = 3
        job.priority = .high
        job.timeout = .milliseconds(1500)
        job.dependencies = [JobID(node: 11, number: 2)]
        job.retryOf = JobID(node: 11, number: 3)
        job.batch = [JobID(node: 11, number: 1), JobID(node: 11, number: 4)]
        job.batchOf = JobID(node: 11, number: 5)
        job.warnings = [JobWarning(.retryOfSuccess, text: "Again.")]
        job.stage = .finished
        job.outcome = .failed
        for stage in Stage.allCases { job.times[stage] = Timestamp(milliseconds: 1_800_000_000_000) }
        job.waitingFor = [.init(kind: "lock", name: "db:DB1", holder: JobID(node: 11, number: 6))]
        job.cancellation = .refused
        job.commands = [CommandRecord(action: "a", node: 11, arguments: ["key": "value"], undo: "b")]
        job.baseRevision = 4
        job.revision = 5
        job.acknowledgements = [
            Acknowledgement(node: 11, state: .acknowledged, at: Timestamp(milliseconds: 1_800_000_000_001))
        ]
        job.result = JobResult(code: 1, name: "JobError", text: "It failed.", output: ["a": 1], revision: 5)
        job.errorCode = .objectExists
        job.errorDetails = ["current_revision": 5]
        job.endedAt = Timestamp(milliseconds: 1_800_000_000_002)
        return job
    }()

    @Test func whatIsStoredIsReadAgain() throws {
        let text = JSON.text(Self.full.value)
        #expect(try JobRecord(JSON.parse(text)) == Self.full)
        let bare = JobRecord.fixture()
        #expect(try JobRecord(JSON.parse(JSON.text(bare.value))) == bare)
    }

    @Test func aMemberThatIsNotUnderstoodLeavesTheOthers() throws {
        var members = try #require(Self.full.value.map)
        members["priority"] = "urgent"
        members["depends_on"] = 5
        let read = try #require(JobRecord(.map(members)))
        #expect(read.priority == .normal && read.dependencies.isEmpty && read.revision == 5)
    }

    @Test func eachNameIsGivenOnce() {
        let (shown, stored) = (JobField.all.compactMap(\.name), JobField.all.compactMap(\.storedName))
        #expect(Set(shown).count == shown.count && Set(stored).count == stored.count)
    }

    @Test func aJobThatWasJustTakenShowsWhatEveryJobHas() {
        #expect(Set(JobRecord.fixture().shown.keys) == Set(JobField.all.filter(\.isAlways).compactMap(\.name)))
        #expect(Set(Self.full.shown.keys) == Set(JobField.all.compactMap(\.name)).subtracting(["progress"]))
    }

    @Test func aJobFileHasARowForEachMemberThatIsSaid() {
        let text = JobFile(Self.full).description
        for row in JobField.all.flatMap(\.rows) where row.text(Self.full) != nil {
            #expect(text.contains("\n    \(row.title) "), "\(row.title)")
        }
        #expect(text.contains("= failed\n") && text.contains("= lock db:DB1 held by job 11.6\n"))
    }
}
