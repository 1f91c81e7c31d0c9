import EXAConf
import JobEngine
import Support
import Testing
import Values

/// What becomes of a file somebody edits beside the daemon.
@Suite(.timeLimit(.minutes(5))) struct HandEditTests {
    private func edited(_ text: String?, _ change: (inout Document) throws -> Void) throws -> String {
        var document = try Document(parsing: try #require(text))
        try change(&document)
        return document.text
    }

    @Test func anEditMarkedCommitBecomesARevisionOfItsOwn() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let before = scheduler.configuration.revision
            fixture.runner.edit(
                try edited(fixture.runner.file) {
                    try $0.set("Timezone", to: "Europe/Prague", in: .global)
                    try $0.set("Checksum", to: "COMMIT", in: .global)
                })
            #expect(await fixture.until { scheduler.configuration.revision == before + 1 })
            let revision = try await scheduler.revision(before + 1)
            #expect(revision.job == nil && revision.reason == "edited by hand, marked COMMIT")
            #expect(try Document(parsing: revision.text).checksumState == .valid)
            #expect(await fixture.until { fixture.runner.file == revision.text })
        }
    }

    @Test func anUnmarkedEditStopsChangesAndNotReads() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let good = try #require(fixture.runner.file)
            fixture.runner.edit(try edited(good) { try $0.set("Timezone", to: "UTC", in: .global) })
            let change = try await scheduler.submit(.fixture("test_set", ["text": "x"]))
            let declined = try await scheduler.wait(for: change.id, atMost: .seconds(60))
            #expect(declined.errorCode == .configurationModified)
            #expect(declined.result?.text.contains("Integrity check failed!") == true)
            #expect(try await scheduler.submit(.fixture("test_count")).outcome == .ok)
            fixture.runner.edit(good)
            let again = try await scheduler.submit(.fixture("test_set", ["text": "x"]))
            #expect(try await scheduler.wait(for: again.id, atMost: .seconds(60)).outcome == .ok)
        }
    }

    @Test func aBrokenFileAtTheFirstStartNamesTheLineAndStaysAsItIs() async throws {
        let broken = "[Global]\n    Revision = 1\n    nonsense\n"
        let fixture = EngineFixture(file: broken)
        await #expect { try await fixture.makeScheduler().start() } throws: { error in
            (error as? JobError)?.message.contains("line 3") == true
        }
        #expect(fixture.runner.file == broken && fixture.store.writeCount == 0)
    }

    @Test(arguments: ["[Global]\n    nonsense\n", "", nil])
    func aFileThatCannotBeUsedStopsNoStartOnceThereIsARevision(text: String?) async throws {
        let fixture = EngineFixture()
        let good = try await fixture.running { $0.configuration.record }
        let file = text ?? good.text.replacing("Timezone", with: "TimeZone")
        fixture.runner.edit(file)
        try await fixture.running { scheduler in
            #expect(scheduler.configuration.record.text == good.text)
            #expect(scheduler.configuration.obstacle?.code == .configurationModified)
            #expect(fixture.runner.file == file)
            fixture.runner.edit(nil)
            #expect(await fixture.until { scheduler.configuration.obstacle == nil })
            #expect(await fixture.until { fixture.runner.file == good.text })
        }
    }

    @Test func whatCountsAtAStartIsSettledByFileAndRevision() throws {
        let text = try #require(EngineFixture().runner.file)
        let document = try Document(parsing: text).committed(as: 7).document
        let head = RevisionRecord(
            number: 7, text: document.text, sha256: "", checksum: "", user: "root", at: Timestamp(milliseconds: 0))
        var edit = document
        try edit.set("Timezone", to: "UTC", in: .global)
        let unmarked = try StartingConfiguration(file: Array(edit.text.utf8), head: head)
        #expect(unmarked.document == document && unmarked.refusal != nil && unmarked.head?.number == 7)
        try edit.set("Checksum", to: "COMMIT", in: .global)
        let marked = try StartingConfiguration(file: Array(edit.text.utf8), head: head)
        #expect(marked.document.global.timezone == "UTC" && marked.head == nil)
        let gone = try StartingConfiguration(file: nil, head: head)
        #expect(gone.document == document && gone.refusal == nil)
        #expect(throws: JobError.self) { try StartingConfiguration(file: Array("x".utf8), head: nil) }
    }

    /// A folder in place of the file is touched at every look: changes are declined all the same, and not looked at for ever.
    @Test func aFileThatCannotBeReadDeclinesChanges() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            fixture.runner.refuseReading(true)
            let change = try await scheduler.submit(.fixture("test_set", ["text": "x"]))
            let declined = try await scheduler.wait(for: change.id, atMost: .seconds(60))
            #expect(declined.errorCode == .configurationModified)
            fixture.runner.refuseReading(false)
            let next = try await scheduler.submit(.fixture("test_set", ["text": "y"]))
            #expect(try await scheduler.wait(for: next.id, atMost: .seconds(60)).outcome == .ok)
        }
    }

    @Test func aMissingFileIsWrittenAgain() async throws {
        let fixture = EngineFixture()
        let text = try await fixture.running { $0.configuration.record.text }
        fixture.runner.edit(nil)
        try await fixture.running { _ in #expect(fixture.runner.file == text) }
    }

    @Test func anOlderGoodFileIsReplacedByTheDecidedRevision() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let old = try #require(fixture.runner.file)
            let record = try await scheduler.submit(.fixture("test_set", ["text": "new"]))
            _ = try await scheduler.wait(for: record.id, atMost: .seconds(60))
            fixture.runner.edit(old)
            #expect(await fixture.until { fixture.runner.file?.contains("= new") == true })
        }
    }
}
