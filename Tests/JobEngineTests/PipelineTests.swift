import JobEngine
import Support
import Testing
import Values

@Suite struct PipelineTests {
    private let now = Timestamp(milliseconds: 1_000)

    private func pipeline(changes: Bool = true) -> Pipeline {
        Pipeline(queued: .fixture(), changesConfiguration: changes)
    }

    private func command(undo: String? = nil, on node: Int = 11, beside: Bool = false) -> CommandRecord {
        var command = CommandRecord(action: "file.install", node: node, arguments: [:], undo: undo)
        command.isBeside = beside
        return command
    }

    @Test func aReadJobEndsFinished() {
        var job = pipeline(changes: false)
        #expect(job.handle(.accepted(base: 7, commands: []), at: now) == .conclude)
        #expect(job.handle(.concluded(output: 5, revision: nil), at: now) == .end)
        #expect(job.record.stage == .finished)
        #expect(job.record.times[.committed] == nil)
        #expect(job.record.result == .success(5))
        #expect(job.record.baseRevision == 7)
    }

    @Test func aChangeEndsCommittedOnceEveryNodeHasIt() {
        var job = pipeline()
        _ = job.handle(.accepted(base: 7, commands: []), at: now)
        #expect(job.handle(.concluded(output: nil, revision: 8), at: now) == .install)
        #expect(job.record.stage == .finished && job.record.outcome == nil)
        let missing = [Acknowledgement(node: 11, state: .acknowledged), Acknowledgement(node: 12, state: .missing)]
        #expect(job.handle(.acknowledged(missing, complete: false), at: now) == .nothing)
        #expect(!job.record.isDone && job.record.acknowledgements == missing)
        #expect(job.handle(.acknowledged([missing[0]], complete: true), at: now) == .end)
        #expect(job.record.stage == .committed && job.record.outcome == .ok && job.record.result?.revision == 8)
    }

    @Test func aChangeThatChangesNothingHasNoRevision() {
        var job = pipeline()
        _ = job.handle(.accepted(base: 7, commands: []), at: now)
        #expect(job.handle(.concluded(output: nil, revision: nil), at: now) == .end)
        #expect(job.record.stage == .committed && job.record.revision == nil && job.record.result?.revision == nil)
    }

    @Test func commandsRunOneAfterTheOther() {
        var job = pipeline(changes: false)
        #expect(job.handle(.accepted(base: 1, commands: [command(), command()]), at: now) == .run([0]))
        #expect(job.handle(.commandEnded(1, .ok(1)), at: now) == .nothing, "the second one has not begun")
        #expect(job.handle(.commandEnded(0, .ok(1)), at: now) == .run([1]))
        #expect(job.handle(.commandEnded(1, .ok(2)), at: now) == .conclude)
        #expect(job.record.commands.map(\.output) == [1, 2])
        #expect(job.record.commands.allSatisfy { $0.exitCode == 0 && $0.startedAt != nil && $0.endedAt != nil })
    }

    @Test func anUndoIsLeftToTheDayItsNodeReturns() {
        var job = pipeline(changes: false)
        let commands = [command(undo: "a"), command(undo: "b", on: 13), command()]
        _ = job.handle(.accepted(base: 1, commands: commands), at: now)
        _ = job.handle(.commandEnded(0, .ok(1)), at: now)
        _ = job.handle(.commandEnded(1, .ok(1)), at: now)
        #expect(job.handle(.commandEnded(2, .failed(code: 1, message: "no")), at: now) == .undo(1))
        #expect(job.handle(.undoKept(0), at: now) == .nothing, "another one is being taken back")
        #expect(job.handle(.undoKept(1), at: now) == .undo(0))
        #expect(job.handle(.undone(1, .ok(.null)), at: now) == .nothing)
        #expect(job.handle(.undone(0, .ok(.null)), at: now) == .end)
        #expect(job.record.commands.map { $0.undoKeptAt != nil } == [false, true, false])
        #expect(job.record.warnings.map(\.code) == ["taken-back-later"])
        #expect(job.record.errorDetails["taken_back_later"] == [13])
        let stored = JobRecord(job.record.value)
        #expect(stored?.commands.map(\.undoKeptAt) == [nil, now, nil])
    }

    @Test func commandsSideBySideRunOnePerNode() {
        var job = pipeline(changes: false)
        let step = [
            command(), command(on: 12, beside: true), command(on: 12, beside: true), command(on: 13, beside: true),
            command(),
        ]
        #expect(job.handle(.accepted(base: 1, commands: step), at: now) == .run([0, 1, 3]))
        #expect(job.record.progress?.text == "steps 1 to 4 of 5: file.install")
        #expect(job.handle(.commandEnded(3, .ok(3)), at: now) == .nothing)
        #expect(job.record.progress?.percent == 20)
        #expect(job.handle(.commandEnded(1, .ok(1)), at: now) == .run([2]), "node 12 is free now")
        #expect(job.action == .run([0, 2]), "a term that begins now goes on with both")
        #expect(job.handle(.commandEnded(1, .ok(9)), at: now) == .nothing, "it has ended already")
        #expect(job.handle(.commandEnded(2, .ok(2)), at: now) == .nothing)
        #expect(job.handle(.commandEnded(0, .ok(0)), at: now) == .run([4]), "the step is over")
        #expect(job.handle(.commandEnded(4, .ok(4)), at: now) == .conclude)
        #expect(job.record.commands.map(\.output) == [0, 1, 2, 3, 4])
    }

    @Test func aJobGoesOnWithoutACommandItCanDoWithout() {
        var job = pipeline(changes: false)
        var step = [
            command(undo: "a"), command(undo: "b", on: 12, beside: true), command(undo: "c", on: 13, beside: true),
            command(undo: "d", on: 14, beside: true), command(on: 15, beside: true),
        ]
        for index in step.indices { step[index].isOptional = true }
        #expect(job.handle(.accepted(base: 1, commands: step), at: now) == .run([0, 1, 2, 3, 4]))
        #expect(job.handle(.commandEnded(1, .failed(code: 2, message: "no room")), at: now) == .nothing)
        #expect(job.handle(.commandEnded(2, .refused(JobError(.objectExists, "there is one"))), at: now) == .nothing)
        #expect(job.handle(.commandEnded(3, .lost("it was lost")), at: now) == .nothing)
        #expect(job.handle(.commandEnded(4, .timedOut), at: now) == .nothing)
        #expect(job.handle(.commandEnded(0, .ok(7)), at: now) == .conclude)
        let commands = job.record.commands
        #expect(commands[0].output == 7)
        #expect(commands[1].output.flatMap { Unanswered($0) }?.error == JobError(.jobFailed, "no room"))
        #expect(commands[2].output.flatMap { Unanswered($0) }?.error == JobError(.objectExists, "there is one"))
        #expect(commands[3].output.flatMap { Unanswered($0) }?.error.message == "it was lost")
        #expect(commands[4].output.flatMap { Unanswered($0) }?.error.code == .jobTimedOut)
        #expect(commands[1].exitCode == 2 && commands[2].message == "there is one")
        // What left nothing behind is never taken back: it could be somebody else's.
        #expect(commands.map(\.undo) == ["a", nil, nil, "d", nil])
        #expect(Unanswered(["ok": 1]) == nil && Unanswered(7) == nil)
    }

    @Test func whatEndsTheJobIsNotDoneWithout() {
        for outcome in [CommandOutcome.cancelled, .refused(JobError(.noMaster, "another one decides"))] {
            var job = pipeline(changes: false)
            var optional = command()
            optional.isOptional = true
            _ = job.handle(.accepted(base: 1, commands: [optional]), at: now)
            #expect(job.handle(.commandEnded(0, outcome), at: now) == .end)
        }
    }

    @Test func aFailureStopsThoseBesideItAndTakesBackWhatWasDone() {
        var job = pipeline()
        let step = [
            command(undo: "a"), command(undo: "b", on: 12, beside: true), command(undo: "c", on: 13, beside: true),
            command(undo: "d", on: 13, beside: true),
        ]
        #expect(job.handle(.accepted(base: 1, commands: step), at: now) == .run([0, 1, 2]))
        #expect(job.handle(.commandEnded(1, .failed(code: 3, message: "disk full")), at: now) == .halt)
        #expect(job.handle(.commandEnded(2, .ok(.null)), at: now) == .nothing, "nothing more begins on node 13")
        #expect(job.handle(.commandEnded(0, .cancelled), at: now) == .undo(2), "it may have done something")
        #expect(job.handle(.undone(2, .ok(.null)), at: now) == .undo(0), "what failed left nothing")
        #expect(job.handle(.undone(0, .ok(.null)), at: now) == .end)
        #expect(job.record.outcome == .failed && job.record.result?.text.contains("disk full") == true)
        #expect(job.record.commands.map { $0.undoneAt != nil } == [true, false, true, false])
    }

    @Test func whatIsLostIsTakenBack() {
        var job = pipeline()
        _ = job.handle(.accepted(base: 1, commands: [command(undo: "a")]), at: now)
        #expect(job.handle(.commandEnded(0, .lost("Node 12 was lost.")), at: now) == .undo(0))
        #expect(job.handle(.undone(0, .ok(.null)), at: now) == .end)
        #expect(job.record.outcome == .failed && job.record.result?.text.contains("Node 12 was lost.") == true)
        #expect(job.record.commands[0].message == "Node 12 was lost.")
    }

    @Test func aWishToStopIsKeptUntilAllBesideHaveEnded() {
        var job = pipeline()
        let step = [command(undo: "a"), command(undo: "b", on: 12, beside: true)]
        _ = job.handle(.accepted(base: 1, commands: step), at: now)
        #expect(job.handle(.cancelRequested(reason: nil), at: now) == .stop)
        #expect(job.handle(.commandEnded(0, .ok(.null)), at: now) == .nothing)
        #expect(job.handle(.commandEnded(1, .ok(.null)), at: now) == .undo(1))
        #expect(job.handle(.undone(1, .ok(.null)), at: now) == .undo(0))
        #expect(job.handle(.undone(0, .ok(.null)), at: now) == .end)
        #expect(job.record.outcome == .cancelled && job.record.cancellation == .honoured)
    }

    @Test func aFailedCommandTakesBackThoseBeforeIt() {
        var job = pipeline()
        _ = job.handle(.accepted(base: 1, commands: [command(undo: "a"), command(), command(undo: "c")]), at: now)
        _ = job.handle(.commandEnded(0, .ok(.null)), at: now)
        _ = job.handle(.commandEnded(1, .ok(.null)), at: now)
        #expect(job.handle(.commandEnded(2, .failed(code: 3, message: "disk full")), at: now) == .undo(0))
        #expect(job.handle(.undone(0, .ok(.null)), at: now) == .end)
        #expect(job.record.outcome == .failed && job.record.result?.text == "JobError: ERROR::ConfD: disk full")
        #expect(job.record.commands[0].undoneAt != nil && job.record.commands[2].exitCode == 3)
    }

    @Test func anUndoThatFailsIsTold() {
        var job = pipeline()
        _ = job.handle(.accepted(base: 1, commands: [command(undo: "a"), command()]), at: now)
        _ = job.handle(.commandEnded(0, .ok(.null)), at: now)
        _ = job.handle(.commandEnded(1, .failed(code: 1, message: "no.")), at: now)
        #expect(job.handle(.undone(0, .failed(code: 1, message: "still no")), at: now) == .end)
        #expect(job.record.result?.text.contains("Taking back 'file.install' failed as well") == true)
    }

    @Test func aDecisionThatFailsTakesEverythingBack() {
        var job = pipeline()
        _ = job.handle(.accepted(base: 1, commands: [command(undo: "a")]), at: now)
        _ = job.handle(.commandEnded(0, .ok(.null)), at: now)
        #expect(job.handle(.concludingFailed(JobError(.internal, "no store")), at: now) == .undo(0))
        #expect(job.handle(.undone(0, .ok(.null)), at: now) == .end)
        #expect(job.record.outcome == .failed && job.record.errorCode == .internal)
    }

    @Test func cancelWhileQueuedEndsAtOnce() {
        var job = pipeline()
        #expect(job.handle(.cancelRequested(reason: "typo"), at: now) == .end)
        #expect(job.record.outcome == .cancelled && job.record.cancellation == .honoured)
        #expect(job.record.result?.text == "JobError: The job was cancelled: typo")
        #expect(job.handle(.accepted(base: 1, commands: []), at: now) == .nothing)
    }

    @Test func cancelWhileACommandRunsStopsItAndTakesItBack() {
        var job = pipeline()
        _ = job.handle(.accepted(base: 1, commands: [command(undo: "a")]), at: now)
        #expect(job.handle(.cancelRequested(reason: nil), at: now) == .stop)
        #expect(job.handle(.commandEnded(0, .cancelled), at: now) == .undo(0))
        #expect(job.handle(.undone(0, .ok(.null)), at: now) == .end)
        #expect(job.record.outcome == .cancelled && job.record.cancellation == .honoured)
    }

    @Test func cancelAfterTheLastCommandWasTooLateIsHonouredIfItCameBefore() {
        var job = pipeline()
        _ = job.handle(.accepted(base: 1, commands: [command(undo: "a")]), at: now)
        _ = job.handle(.cancelRequested(reason: nil), at: now)
        #expect(job.handle(.commandEnded(0, .ok(.null)), at: now) == .undo(0))
    }

    @Test func cancelOfADecidedJobIsRefused() {
        var job = pipeline()
        _ = job.handle(.accepted(base: 1, commands: []), at: now)
        _ = job.handle(.concluded(output: nil, revision: 2), at: now)
        #expect(job.handle(.cancelRequested(reason: nil), at: now) == .nothing)
        #expect(job.record.cancellation == .refused && job.phase == .distributing)
    }

    @Test func aDeclinedJobNeverRan() {
        var job = pipeline()
        #expect(job.handle(.declined(JobError(.objectExists, "Given bucket X already exists.")), at: now) == .end)
        #expect(job.record.outcome == .declined && job.record.stage == .submitted)
        #expect(job.record.result?.code == 1 && job.record.result?.name == "Exception")
    }

    /// Any sequence of events keeps what is promised to callers, whatever nonsense it is.
    @Test(arguments: [true, false]) func noSequenceOfEventsBreaksAPromise(changes: Bool) {
        let events: [Pipeline.Event] = [
            .accepted(base: 1, commands: []), .accepted(base: 1, commands: [command(undo: "a"), command()]),
            .accepted(base: 1, commands: [command(undo: "a"), command(undo: "b", on: 12, beside: true)]),
            .declined(JobError(.objectBusy, "in use")), .commandEnded(0, .ok(1)), .commandEnded(1, .ok(.null)),
            .commandEnded(0, .failed(code: 1, message: "x")), .commandEnded(1, .timedOut),
            .commandEnded(0, .cancelled), .concluded(output: nil, revision: 2),
            .concluded(output: 1, revision: nil), .concludingFailed(JobError(.internal, "y")), .undone(0, .ok(.null)),
            .undone(0, .failed(code: 1, message: "z")), .acknowledged([], complete: true),
            .acknowledged([], complete: false), .cancelRequested(reason: nil), .timeExpired,
        ]
        walk(pipeline(changes: changes), events, depth: 5)
    }

    /// Tries every event in every state that can be reached, to a depth, and checks each step.
    private func walk(_ job: Pipeline, _ events: [Pipeline.Event], depth: Int) {
        guard depth > 0 else { return }
        for event in events {
            var next = job
            let action = next.handle(event, at: now)
            check(from: job, to: next, action)
            if next != job { walk(next, events, depth: depth - 1) }
        }
    }

    private func check(from old: Pipeline, to new: Pipeline, _ action: Pipeline.Action) {
        let (before, after) = (old.record, new.record)
        if before.isDone { #expect(before == after && action == .nothing) }
        let isSound: Bool =
            after.stage >= before.stage && after.isDone == (new.phase == .ended)
            && (action == .end) == (after.isDone && !before.isDone)
            && after.isDone == (after.result != nil && after.endedAt != nil || false)
            || new.phase == .distributing
        #expect(isSound, "\(old.phase) → \(new.phase): \(action)")
        if after.stage == .committed {
            #expect(after.outcome == .ok && new.changesConfiguration || after.revision != nil)
        }
        if let earlier = before.revision { #expect(after.revision == earlier) }
    }
}
