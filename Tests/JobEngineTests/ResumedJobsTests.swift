import EXAConf
import Support
import Testing
import Values

@testable import JobEngine

/// What running jobs hold stays theirs when a term begins, in whichever order jobs are taken up.
@Suite struct ResumedJobsTests {
    private let now = Moment(wall: Timestamp(milliseconds: 0), monotonic: .zero)

    private func waiting(_ number: Int) -> Pipeline {
        Pipeline(queued: .fixture(number: number, mode: .read), changesConfiguration: false)
    }

    private func running(_ number: Int) -> Pipeline {
        var pipeline = waiting(number)
        let command = CommandRecord(action: "a", node: 11, arguments: [:])
        _ = pipeline.handle(.accepted(base: 1, commands: [command]), at: now.wall)
        return pipeline
    }

    /// An engine that took up a job that waits, and then one that runs.
    private func engine(locks: [Lock], rule: QueueRule? = nil) -> EngineState {
        var state = EngineState(
            PublishedConfiguration().following(
                Document(),
                RevisionRecord(number: 1, text: "", sha256: "", checksum: "", user: "admin", at: now.wall)),
            nextNumber: 10, limits: .init(node: 11, queue: 100, batch: 1))
        if let rule { _ = state.process(.ruleResumed(rule), at: now) }
        for pipeline in [waiting(1), running(2)] {
            _ = state.process(
                .resumed(ResumedJob(record: pipeline.record, traits: JobTraits(locks: locks), pipeline: pipeline)),
                at: now)
        }
        return state
    }

    @Test func aJobThatRunsKeepsItsLocks() {
        let state = engine(locks: [.exclusive("a")])
        #expect(state.queue[JobID(node: 11, number: 1)]?.place == .inLine)
        #expect(state.obstacles(before: JobID(node: 11, number: 1)).map(\.kind) == ["lock"])
    }

    @Test func aJobThatRunsCountsForLimits() {
        let rule = QueueRule(number: 1, action: .limit(1), user: "admin", at: Timestamp(milliseconds: 0))
        let state = engine(locks: [], rule: rule)
        #expect(state.queue[JobID(node: 11, number: 1)]?.place == .held)
        #expect(state.obstacles(before: JobID(node: 11, number: 1)).map(\.kind) == ["drain"])
    }

    @Test func whatNobodyElseHoldsIsHadAtOnce() {
        #expect(engine(locks: []).queue[JobID(node: 11, number: 1)]?.place == .admitted)
        #expect(engine(locks: [.shared("a")]).queue[JobID(node: 11, number: 1)]?.place == .admitted)
    }
}
