import EXAConf
import Support
import Testing
import Values

@testable import JobEngine

/// What becomes of a file somebody edits on a member of a cluster.
@Suite(.timeLimit(.minutes(5))) struct MemberEditTests {
    private func edited(_ text: String, _ change: (inout Document) throws -> Void) throws -> String {
        var document = try Document(parsing: text)
        try change(&document)
        return document.text
    }

    private func marked(_ text: String) throws -> String {
        try edited(text) {
            try $0.set("IssueTracker", to: "edited", in: .global)
            try $0.set("Checksum", to: "COMMIT", in: .global)
        }
    }

    @Test func anUnsaidEditIsReportedAndReplacedByTheNextRevision() async throws {
        let fixture = try await MemberFixture()
        let file = fixture.alone.runner
        try await fixture.running { scheduler in
            let edit = try edited(fixture.first.text) { try $0.set("Timezone", to: "UTC", in: .global) }
            file.edit(edit)
            #expect(await fixture.until { scheduler.configuration.obstacle?.code == .configurationModified })
            #expect(file.file == edit && fixture.runner.handed.isEmpty)
            let next = try fixture.revision(after: fixture.first, "x")
            try await fixture.store.decide([.revision(next)])
            #expect(await fixture.until { file.file == next.text })
            #expect(scheduler.configuration.obstacle == nil)
        }
    }

    @Test func anEditThatIsMarkedIsHandedToWhoeverDecides() async throws {
        let fixture = try await MemberFixture()
        try await fixture.running { scheduler in
            let edit = try marked(fixture.first.text)
            fixture.alone.runner.edit(edit)
            // Nobody decides yet: it is tried again.
            #expect(await fixture.until { fixture.runner.handed.count >= 2 })
            #expect(scheduler.configuration.obstacle != nil && fixture.runner.kept == [edit])
            fixture.runner.answerEdits(.success(fixture.first.number + 1))
            #expect(await fixture.until { scheduler.configuration.obstacle == nil })
            #expect(Set(fixture.runner.handed) == [edit])
            #expect(scheduler.configuration.revision == fixture.first.number, "it comes back as a revision")
        }
    }

    @Test func anEditThatIsRefusedIsNotHandedAgain() async throws {
        let fixture = try await MemberFixture()
        try await fixture.running { scheduler in
            fixture.runner.answerEdits(.failure(JobError(.revisionConflict, "It is old.")))
            fixture.alone.runner.edit(try marked(fixture.first.text))
            #expect(await fixture.until { scheduler.configuration.obstacle != nil })
            #expect(await fixture.until(500) { fixture.runner.handed.count > 1 } == false)
        }
    }

    @Test func aFileOfAnotherLifeIsAConflict() async throws {
        let fixture = try await MemberFixture()
        let other = try Document(parsing: try marked(fixture.first.text)).committed(as: 900).document.text
        try await fixture.running { scheduler in
            fixture.alone.runner.edit(other)
            #expect(await fixture.until { scheduler.configuration.obstacle?.code == .configurationModified })
            #expect(fixture.runner.kept == [other] && fixture.runner.handed.isEmpty)
        }
    }

    @Test func theMasterMakesAnEditOfAnotherNodeARevision() async throws {
        let fixture = try await MemberFixture()
        try await fixture.running { scheduler in
            try await fixture.elect(scheduler)
            let head = scheduler.configuration.record
            let text = Array(try marked(head.text).utf8)
            let number = try await adopt(text, scheduler, fixture)
            #expect(number == head.number + 1)
            let revision = try await scheduler.revision(number)
            #expect(revision.reason == "edited by hand on node 12, marked COMMIT" && revision.user == "root")
            #expect(try Document(parsing: revision.text).checksumState == .valid)
            #expect(await fixture.until { fixture.alone.runner.file == revision.text })
            // The same edit again was made of a revision that is not the newest.
            await #expect { try await adopt(text, scheduler, fixture) } throws: {
                ($0 as? JobError)?.code == .revisionConflict
            }
            await #expect(throws: JobError.self) { try await adopt(Array("x".utf8), scheduler, fixture) }
            await #expect(throws: JobError.self) {
                try await adopt(Array(revision.text.utf8), scheduler, fixture)
            }
        }
    }

    /// Hands over an edit of node 12, while time goes on.
    private func adopt(_ text: [UInt8], _ scheduler: JobScheduler, _ fixture: MemberFixture) async throws -> Int {
        let isOver = Flag()
        return try await withThrowingTaskGroup(of: Int?.self) { group in
            group.addTask {
                defer { isOver.raise() }
                return try await scheduler.adopt(edit: text, from: 12)
            }
            group.addTask {
                _ = await fixture.until(1_000_000) { isOver.isUp }
                return nil
            }
            var number: Int?
            for try await told in group { number = told ?? number }
            return try #require(number)
        }
    }

    @Test func aFollowerAdoptsNothing() async throws {
        let fixture = try await MemberFixture()
        try await fixture.running { scheduler in
            let text = Array(try marked(fixture.first.text).utf8)
            await #expect { try await scheduler.adopt(edit: text, from: 12) } throws: {
                ($0 as? JobError)?.code == .noMaster
            }
        }
    }

    @Test func inAClusterOnlyAMarkIsBelieved() async throws {
        let fixture = try await MemberFixture()
        let head = fixture.first
        let state = { (text: String) in
            ConfigurationFileState(file: Array(text.utf8), head: head, isElected: true)
        }
        guard case .adopt = state(try marked(head.text)) else {
            Issue.record("an edit that is marked is adopted")
            return
        }
        let later = try Document(parsing: head.text).committed(as: head.number).document
        let changed = try Document(parsing: try marked(later.text)).committed(as: head.number + 5).document.text
        for text in [changed, try edited(head.text) { try $0.set("Checksum", to: "NONE", in: .global) }] {
            guard case .conflict = state(text) else {
                Issue.record("\(state(text))")
                continue
            }
        }
        #expect(state(head.text) == .same)
        // It would take back what was decided since, on the node that decides as well.
        let newer = try fixture.revision(after: head, "z")
        let stale = ConfigurationFileState(file: Array(try marked(head.text).utf8), head: newer, isElected: true)
        guard case .conflict(let error) = stale else {
            Issue.record("\(stale)")
            return
        }
        #expect(error.code == .revisionConflict)
    }

    @Test func theMasterDoesNotAdoptAnEditOfAnOlderRevision() async throws {
        let fixture = try await MemberFixture()
        try await fixture.running { scheduler in
            let next = try fixture.revision(after: fixture.first, "x")
            try await fixture.store.decide([.revision(next)])
            #expect(await fixture.until { fixture.alone.runner.file == next.text })
            let edit = try marked(fixture.first.text)
            fixture.alone.runner.edit(edit)
            try await fixture.elect(scheduler)
            #expect(await fixture.until { scheduler.configuration.obstacle?.code == .revisionConflict })
            #expect(scheduler.configuration.record == next)
            #expect(fixture.runner.kept.contains(edit))
        }
    }

    @Test func whatWasReplacedAtTheStartIsNoObstacle() async throws {
        let fixture = try await MemberFixture()
        let edit = try edited(fixture.first.text) { try $0.set("Timezone", to: "UTC", in: .global) }
        fixture.alone.runner.edit(edit)
        try await fixture.running { scheduler in
            #expect(await fixture.until { fixture.alone.runner.file == fixture.first.text })
            #expect(await fixture.until { scheduler.configuration.obstacle == nil })
        }
    }
}
