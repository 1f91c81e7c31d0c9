import Support
import Synchronization
import Testing
import Values

@testable import JobEngine

/// How far a job says it is.
@Suite(.timeLimit(.minutes(5))) struct ProgressTests {
    private let now = Timestamp(milliseconds: 1_000)

    /// A job whose commands run, the first of them now.
    private func running(_ count: Int) -> Pipeline {
        var job = Pipeline(queued: .fixture(), changesConfiguration: true)
        let commands = (1...count).map { CommandRecord(action: "step\($0)", node: 11, arguments: [:], undo: "undo") }
        _ = job.handle(.accepted(base: 1, commands: commands), at: now)
        return job
    }

    private func said(_ job: Pipeline) -> [String] {
        job.record.progress.map { [$0.percent.map(String.init) ?? "?", $0.text] } ?? []
    }

    @Test func commandsThatEndedCountOfThosePlanned() {
        var job = running(4)
        #expect(said(job) == ["0", "step 1 of 4: step1"])
        _ = job.handle(.commandEnded(0, .ok(.null)), at: now)
        #expect(said(job) == ["25", "step 2 of 4: step2"])
    }

    @Test func whatACommandSaysCountsWithinItsStep() {
        var job = running(4)
        _ = job.handle(.commandEnded(0, .ok(.null)), at: now)
        let copying = CommandProgress(percent: 50, text: "copying")
        // What the first says comes late: that command has ended.
        let news = [job.report(copying, of: 1), job.report(copying, of: 1), job.report(copying, of: 0)]
        #expect(news == [true, false, false])
        #expect(said(job) == ["37", "step 2 of 4: copying"])
    }

    @Test func nothingIsKnownOfAnOnlyCommandThatSaysNothing() {
        var job = running(1)
        #expect(said(job) == [])
        _ = job.report(CommandProgress(percent: 80, text: ""), of: 0)
        #expect(said(job) == ["80", "step1"])
    }

    @Test func whoTakesBackOrHasEndedIsNotOnHisWay() {
        var job = running(2)
        _ = job.handle(.commandEnded(0, .ok(.null)), at: now)
        _ = job.handle(.commandEnded(1, .failed(code: 1, message: "no")), at: now)
        #expect(said(job) == ["?", "taking back step1"])
        _ = job.handle(.undone(0, .ok(.null)), at: now)
        #expect(said(job) == [])
        var other = running(1)
        _ = other.report(CommandProgress(percent: 80, text: "almost"), of: 0)
        _ = other.handle(.commandEnded(0, .ok(.null)), at: now)
        #expect(said(other) == [])
    }

    @Test(arguments: [(-5, 0), (7, 7), (101, 100), (Int.max, 100)])
    func aProgramMaySayAnything(told: Int, shown: Int) {
        let progress = CommandProgress(percent: told, text: "a\u{1B}[2Jb\n" + String(repeating: "ü", count: 500))
        #expect(progress.percent == shown)
        #expect(progress.text.hasPrefix("a[2Jbü") && progress.text.count == 200)
    }

    @Test func itIsNeverStored() {
        var job = running(2)
        _ = job.report(CommandProgress(percent: 50, text: "copying"), of: 0)
        #expect(JobRecord(job.record.value)?.progress == nil)
    }

    @Test func whoFollowsAJobIsToldOnceASecondAndWhoAsksTheNewest() async throws {
        let gate = Gate()
        let fixture = EngineFixture { _ in
            await gate.wait()
            return .ok(.null)
        }
        try await fixture.running { scheduler in
            let job = try await scheduler.submit(.fixture("test_act", ["action": "slow"]))
            try #require(await fixture.until { fixture.runner.commands.count == 1 })
            let known = try await scheduler.record(job.id)
            let news = Task { try await scheduler.wait(forChangeOf: known, atMost: .seconds(600)) }
            for percent in 1...50 { fixture.runner.report(.init(percent: percent, text: "busy"), of: job.id) }
            while try await scheduler.record(job.id).progress?.percent != 50 { await Task.yield() }
            #expect(try await news.value.progress != nil)
            #expect(told(scheduler, job.id) == [1])
            fixture.time.advance(by: .seconds(1))
            fixture.runner.report(.init(percent: 60, text: "busy"), of: job.id)
            while try await scheduler.record(job.id).progress?.percent != 60 { await Task.yield() }
            #expect(told(scheduler, job.id) == [1, 60])
            let writes = fixture.store.writeCount
            fixture.runner.report(.init(percent: 70, text: "busy"), of: job.id)
            while try await scheduler.record(job.id).progress?.percent != 70 { await Task.yield() }
            #expect(fixture.store.writeCount == writes)
            await gate.open()
            let end = try await scheduler.wait(for: job.id, atMost: .seconds(600))
            #expect(end.outcome == .ok && end.progress == nil)
        }
    }

    private func told(_ scheduler: JobScheduler, _ job: JobID) -> [Int?] {
        var reader = EventReader(scheduler.events, EventFilter(types: ["job.progress"], job: job), from: .oldest)
        guard case .events(let events) = reader.take(100) else { return [] }
        return events.map { if case .progress(_, let progress) = $0.fact { progress.percent } else { nil } }
    }
}
