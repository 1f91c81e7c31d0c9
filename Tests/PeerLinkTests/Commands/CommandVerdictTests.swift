import JobEngine
import Testing
import Values

@testable import PeerLink

@Suite struct CommandVerdictTests {
    private static let done = CommandOutcome.ok(1)

    private func command(
        _ number: Int, isUndo: Bool = false, digest: String = "a", _ outcome: CommandOutcome? = nil
    ) -> JournaledCommand {
        var command = JournaledCommand(
            CommandKey(job: JobID(node: 11, number: 7), step: 0, isUndo: isUndo),
            order: CommandOrder(term: CommandTerm(generation: 1, epoch: 5), number: number), action: "x",
            digest: digest, begunAt: Timestamp(milliseconds: 1))
        command.outcome = outcome
        return command
    }

    private func isRefused(_ verdict: CommandVerdict) -> Bool { if case .refuse = verdict { true } else { false } }

    @Test func whatIsNotKnownBegins() {
        #expect(CommandVerdict(command(1), among: []) == .begin)
        #expect(CommandVerdict(command(1, isUndo: true), among: []) == .begin)
    }

    @Test func theSameGetsTheFirstOutcome() {
        #expect(CommandVerdict(command(1), among: [command(1, Self.done)]) == .ended(Self.done))
        #expect(CommandVerdict(command(9), among: [command(1, Self.done)]) == .ended(Self.done))
        #expect(CommandVerdict(command(1), among: [command(1, .timedOut)]) == .ended(.timedOut))
    }

    @Test func anotherOneIsRefusedUnlessTheFirstWasTakenBack() {
        let first = command(1, Self.done)
        #expect(isRefused(CommandVerdict(command(9, digest: "b"), among: [first])))
        #expect(CommandVerdict(command(9, digest: "b"), among: [first, command(2, isUndo: true, Self.done)]) == .begin)
        #expect(
            isRefused(
                CommandVerdict(
                    command(9, digest: "b"), among: [first, command(2, isUndo: true, .failed(code: 1, message: ""))])))
    }

    @Test func aRequestFromBeforeTheUndoBeginsNothing() {
        let undo = command(2, isUndo: true, Self.done)
        #expect(isRefused(CommandVerdict(command(1), among: [undo])))
        #expect(CommandVerdict(command(1), among: [command(1, Self.done), undo]) == .ended(Self.done))
        #expect(isRefused(CommandVerdict(command(1, isUndo: true), among: [command(3)])))
    }

    @Test func whatWasCutOffIsSettledFirst() {
        let lost = command(1)
        #expect(CommandVerdict(command(1), among: [lost]) == .settle(lost))
        #expect(CommandVerdict(command(2, isUndo: true), among: [lost]) == .settle(lost))
        let undo = command(2, isUndo: true)
        #expect(CommandVerdict(command(9), among: [command(1, Self.done), undo]) == .settle(undo))
    }

    @Test func anUndoThatFailedMayBeTriedAgain() {
        let failed = command(2, isUndo: true, .timedOut)
        #expect(CommandVerdict(command(2, isUndo: true), among: [failed]) == .ended(.timedOut))
        #expect(CommandVerdict(command(3, isUndo: true), among: [failed]) == .begin)
        let ended = command(2, isUndo: true, Self.done)
        #expect(CommandVerdict(command(3, isUndo: true), among: [ended]) == .ended(Self.done))
    }

    @Test func whatWasStoppedBeforeItArrivedDoesNotBegin() {
        let stopped = command(2, digest: "", .cancelled)
        #expect(CommandVerdict(command(2), among: [stopped]) == .ended(.cancelled))
        #expect(CommandVerdict(command(1), among: [stopped]) == .ended(.cancelled))
        #expect(CommandVerdict(command(3), among: [stopped]) == .begin)
    }

    /// As its job starts over, planned anew as it may be.
    @Test func whatMayRunTwiceBeginsAnew() {
        let cutOff = command(1)
        #expect(CommandVerdict(command(9, digest: "b"), among: [cutOff], mayRepeat: true) == .settle(cutOff))
        let lost = command(1, .lost("gone"))
        #expect(CommandVerdict(command(9), among: [lost], mayRepeat: true) == .begin)
        #expect(CommandVerdict(command(9), among: [lost]) == .ended(.lost("gone")))
        #expect(CommandVerdict(command(9, digest: "b"), among: [command(1, Self.done)], mayRepeat: true) == .begin)
        // What is asked for as before has come to something already.
        #expect(CommandVerdict(command(9), among: [command(1, Self.done)], mayRepeat: true) == .ended(Self.done))
        // A request that comes late, or twice, is none for one more time.
        #expect(CommandVerdict(command(1), among: [lost], mayRepeat: true) == .ended(.lost("gone")))
        #expect(isRefused(CommandVerdict(command(1, digest: "b"), among: [command(2, Self.done)], mayRepeat: true)))
        let undo = command(3, isUndo: true, Self.done)
        #expect(isRefused(CommandVerdict(command(2, digest: "b"), among: [lost, undo], mayRepeat: true)))
    }
}
