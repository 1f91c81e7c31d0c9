import Access
import Support
import Synchronization
import Testing
import Values

@testable import JobEngine

/// What jobs did on nodes that are away is taken back when these return.
@Suite(.timeLimit(.minutes(5))) struct KeptUndoTests {
    /// Called while the last command of a job runs.
    private final class Hook: Sendable {
        private let act = Mutex<(@Sendable () -> Void)?>(nil)

        func set(_ act: @escaping @Sendable () -> Void) { self.act.withLock { $0 = act } }
        func call() { act.withLock { $0 }?() }
    }

    private let hook = Hook()

    private func fixture(undo: CommandOutcome = .ok(.null)) async throws -> MemberFixture {
        try await MemberFixture(catalogue: JobCatalogue([.far])) { [hook] command in
            if command.isUndo { return undo }
            guard command.action == "bad" else { return .ok(.null) }
            hook.call()
            return .failed(code: 1, message: "It is broken.")
        }
    }

    /// A job whose commands on node 13 cannot be taken back, as the node went away.
    private func ended(_ fixture: MemberFixture, _ scheduler: JobScheduler) async throws -> JobRecord {
        hook.set { fixture.cluster.change { $0.members[13]?.isPresent = false } }
        let job = try await scheduler.submit(.fixture("test_far"))
        #expect(try await fixture.until { try await scheduler.record(job.id).isDone })
        return try await scheduler.record(job.id)
    }

    private func comeBack(_ fixture: MemberFixture) { fixture.cluster.change { $0.members[13]?.isPresent = true } }

    private func undos(_ fixture: MemberFixture) -> [String] {
        fixture.alone.runner.commands.filter(\.isUndo).map(\.action)
    }

    private func audited(_ fixture: MemberFixture) -> [String] {
        fixture.alone.store.audit.events.filter { $0.kind == .takenBack }.compactMap(\.detail)
    }

    @Test func theJobEndsAndSaysWhatIsTakenBackLater() async throws {
        let fixture = try await fixture()
        try await fixture.running { scheduler in
            try await fixture.elect(scheduler)
            let job = try await ended(fixture, scheduler)
            #expect(job.outcome == .failed)
            #expect(job.warnings.map(\.code) == ["taken-back-later", "taken-back-later"])
            #expect(job.errorDetails["taken_back_later"] == [13])
            #expect(job.result?.text.contains("What was done on node 13 is taken back when it returns.") == true)
            #expect(job.commands.map { $0.undoKeptAt != nil } == [true, true, false])
            #expect(job.commands.allSatisfy { $0.undoneAt == nil })
            #expect(undos(fixture).isEmpty)
            #expect(try await fixture.alone.store.open().keptUndos.map(\.step) == [1, 0])
        }
    }

    @Test func aNodeHasWhatIsOwedBeforeItIsReady() async throws {
        let fixture = try await fixture()
        try await fixture.running { scheduler in
            try await fixture.elect(scheduler)
            _ = try await ended(fixture, scheduler)
            fixture.cluster.change { $0.members[13]?.isReady = true }
            #expect(scheduler.clusterStatus().members[13]?.isReady == false && fixture.runner.owing == [13])
            comeBack(fixture)
            #expect(await fixture.until { scheduler.nodesOwed.isEmpty })
            #expect(undos(fixture) == ["undo.b", "undo.a"], "the last one first")
            let isKept = fixture.alone.runner.commands.filter(\.isUndo).map(\.isKept)
            #expect(isKept == [true, true])
            #expect(scheduler.clusterStatus().members[13]?.isReady == true && fixture.runner.owing.isEmpty)
            #expect(try await fixture.alone.store.open().keptUndos.isEmpty)
            #expect(audited(fixture) == ["done", "done"])
        }
    }

    @Test func theNextTermHandsItOver() async throws {
        let fixture = try await fixture()
        try await fixture.running { scheduler in
            try await fixture.elect(scheduler)
            _ = try await ended(fixture, scheduler)
            try await fixture.store.depose()
            #expect(await fixture.until { scheduler.follower.isFollowing })
            #expect(scheduler.nodesOwed == [13], "a follower knows as well")
            comeBack(fixture)
            #expect(undos(fixture).isEmpty, "who does not decide hands nothing over")
            try await fixture.elect(scheduler)
            #expect(await fixture.until { scheduler.nodesOwed.isEmpty })
            #expect(undos(fixture) == ["undo.b", "undo.a"])
        }
    }

    @Test func whatIsOwedToARemovedNodeIsDropped() async throws {
        let fixture = try await fixture()
        try await fixture.running { scheduler in
            try await fixture.elect(scheduler)
            _ = try await ended(fixture, scheduler)
            fixture.cluster.change { $0.members[13] = nil }
            #expect(await fixture.until { scheduler.nodesOwed.isEmpty })
            #expect(undos(fixture).isEmpty)
            #expect(try await fixture.alone.store.open().keptUndos.isEmpty)
            #expect(audited(fixture).allSatisfy { $0.hasPrefix("dropped") } && audited(fixture).count == 2)
            // Whoever joins in its place has done nothing.
            fixture.cluster.change { $0.members[13] = ScriptedCluster.member(13, life: 2) }
            let next = try await scheduler.submit(.fixture("test_far"))
            #expect(try await fixture.until { try await scheduler.record(next.id).isDone })
            #expect(undos(fixture).isEmpty, "the hook has it leave again")
        }
    }

    @Test func whatFailsThereIsLetGoAndSaid() async throws {
        let fixture = try await fixture(undo: .failed(code: 1, message: "It is in use."))
        try await fixture.running { scheduler in
            try await fixture.elect(scheduler)
            _ = try await ended(fixture, scheduler)
            comeBack(fixture)
            #expect(await fixture.until { scheduler.nodesOwed.isEmpty })
            #expect(audited(fixture) == ["failed: It is in use.", "failed: It is in use."])
        }
    }

    @Test func whatIsLostThereIsTriedThreeTimes() async throws {
        let fixture = try await fixture(undo: .lost("Its daemon was restarted."))
        try await fixture.running { scheduler in
            try await fixture.elect(scheduler)
            _ = try await ended(fixture, scheduler)
            comeBack(fixture)
            #expect(await fixture.until { scheduler.nodesOwed.isEmpty })
            #expect(undos(fixture) == ["undo.b", "undo.b", "undo.b", "undo.a", "undo.a", "undo.a"])
        }
    }

    @Test func whoDoesNotDecideForAMomentAsksOnceMore() async throws {
        let refusals = Mutex(2)
        let fixture = try await MemberFixture(catalogue: JobCatalogue([.far])) { command in
            let isRefused =
                command.isUndo
                && refusals.withLock { left in
                    left -= 1
                    return left >= 0
                }
            if isRefused { return .refused(JobError(.noMaster, "Nobody decides.")) }
            return command.action == "bad" ? .failed(code: 1, message: "It is broken.") : .ok(.null)
        }
        try await fixture.running { scheduler in
            try await fixture.elect(scheduler)
            let job = try await scheduler.submit(.fixture("test_far"))
            #expect(try await fixture.until { try await scheduler.record(job.id).isDone })
            let ended = try await scheduler.record(job.id)
            #expect(ended.commands.map { $0.undoneAt != nil } == [true, true, false])
            #expect(ended.result?.text.contains("failed as well") == false)
            #expect(undos(fixture) == ["undo.b", "undo.b", "undo.b", "undo.a"])
        }
    }

    // MARK: The table

    private func undo(_ job: Int, _ step: Int, on node: Int = 13) -> KeptUndo {
        KeptUndo(
            job: JobID(node: 11, number: job), step: step, type: "test_far",
            of: CommandRecord(action: "a", node: node, arguments: [:], undo: "undo.a"),
            since: Timestamp(milliseconds: 1))
    }

    @Test func ofANodeOneIsHandedOverAtATime() {
        var kept = KeptUndos()
        let isFirst = [undo(2, 1), undo(2, 0), undo(1, 0), undo(3, 0, on: 12), undo(2, 0)].map { kept.insert($0) }
        #expect(isFirst == [true, false, false, true, false])
        #expect(kept.nodes == [12, 13] && kept.all.count == 4, "what is kept already is kept once")
        let early = kept.settle(undo(2, 0).key)
        #expect(early == nil, "it was not handed over")
        var order: [CommandKey] = []
        while let next = kept.first(of: 13) {
            order.append(next.key)
            let settled = kept.settle(next.key)
            #expect(settled == next)
        }
        #expect(order == [undo(2, 1), undo(1, 0), undo(2, 0)].map(\.key))
        let dropped = kept.drop(12)
        #expect(dropped == [undo(3, 0, on: 12)] && kept.nodes.isEmpty)
    }

    @Test func itComesBackAsItWasStored() {
        let kept = undo(4, 2)
        #expect(KeptUndo(kept.value) == kept)
        #expect(KeptUndo(["job": "11.4"]) == nil)
    }
}

extension JobDefinition {
    /// Acts twice on node 13, and fails on node 11.
    fileprivate static let far = JobDefinition(
        name: "test_far", noun: "test", summary: "Act on another node.", mode: .read,
        permission: Permission(users: [], groups: ["exaadm"]), result: "none",
        work: .act { (_, _) throws(JobError) in
            Plan(commands: [
                Command("a", on: 13, undo: "undo.a"), Command("b", on: 13, undo: "undo.b"), Command("bad", on: 11),
            ])
        }
    ).with { $0.undoes = ["a": "undo.a", "b": "undo.b"] }
}
