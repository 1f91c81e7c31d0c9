import JobEngine
import Support
import Synchronization
import Testing
import Values
import Waiting

@testable import PeerLink

/// Who decides, or the node, or both are killed while a command is somewhere: it is done at most once, and its undo never
/// beside it.
@Suite struct CommandKillTests {
    private let time = ManualTime()
    private let node: TestNode
    private let others: [TestNode]

    init() {
        node = TestNode(12, time: time)
        others = [TestNode(11, time: time), TestNode(13, time: time)]
    }

    /// Does something the first time the command gets to a point.
    private func at(_ point: CommandPoint, _ act: @escaping @Sendable () async -> Void) {
        let isDone = Mutex(false)
        node.reached.withLock {
            $0 = { reached, key in
                guard reached == point, !key.isUndo else { return }
                let isFirst = isDone.withLock { isDone in
                    defer { isDone = true }
                    return !isDone
                }
                if isFirst { await act() }
            }
        }
    }

    @Test(arguments: CommandPoint.allCases)
    func theNodeIsKilled(_ point: CommandPoint) async {
        let master = TestMaster(11, epoch: 5, of: node, own: others[0])
        at(point) { [node] in
            await node.kill()
            node.start()
        }
        let outcomes = await time.passing {
            let outcome = await master.run(.sample())
            let undo = await master.run(Command.sample().undoing)
            return [outcome, undo]
        }
        switch (point, outcomes[0]) {
        case (.recorded, .ok), (.begun, .lost), (.acting, .lost), (.ended, .lost): break
        default: Issue.record("\(outcomes[0])")
        }
        #expect(outcomes[1] == .ok(["did": "thing.do.undo"]))
        #expect(node.effects.count() == (point == .begun ? 0 : 1) && node.effects.violations.isEmpty)
    }

    @Test(arguments: CommandPoint.allCases)
    func theMasterIsKilledAndTheNextGoesOn(_ point: CommandPoint) async {
        let first = TestMaster(11, epoch: 5, of: node, own: others[0])
        let second = TestMaster(13, epoch: 6, of: node, own: others[1])
        let isKilled = Waiter<Void>()
        at(point) {
            first.kill()
            isKilled.resume(returning: ())
        }
        let outcome = await time.passing {
            async let former = first.run(.sample())
            await isKilled.answer()
            let outcome = await second.run(.sample())
            _ = await former
            return outcome
        }
        #expect(outcome == .ok(["did": "thing.do"]))
        #expect(node.effects.count() == 1 && node.effects.violations.isEmpty)
    }

    @Test(arguments: CommandPoint.allCases)
    func theMasterIsKilledAndTheNextTakesItBack(_ point: CommandPoint) async {
        let first = TestMaster(11, epoch: 5, of: node, own: others[0])
        let second = TestMaster(13, epoch: 6, of: node, own: others[1])
        let isKilled = Waiter<Void>()
        at(point) {
            first.kill()
            isKilled.resume(returning: ())
        }
        let undo = await time.passing {
            async let former = first.run(.sample())
            await isKilled.answer()
            let undo = await second.run(Command.sample().undoing)
            _ = await former
            return undo
        }
        #expect(undo == .ok(["did": "thing.do.undo"]))
        #expect(node.effects.count() <= 1 && node.effects.violations.isEmpty)
        #expect(node.effects.begun.last?.isUndo == true)
    }

    @Test(arguments: CommandPoint.allCases)
    func bothAreKilled(_ point: CommandPoint) async {
        let first = TestMaster(11, epoch: 5, of: node, own: others[0])
        let second = TestMaster(13, epoch: 6, of: node, own: others[1])
        let isKilled = Waiter<Void>()
        at(point) { [node] in
            first.kill()
            await node.kill()
            node.start()
            isKilled.resume(returning: ())
        }
        _ = await time.passing {
            async let former = first.run(.sample())
            await isKilled.answer()
            let again = await second.run(.sample())
            let undo = await second.run(Command.sample().undoing)
            _ = await former
            return [again, undo]
        }
        #expect(node.effects.count() <= 1 && node.effects.count(isUndo: true) == 1)
        #expect(node.effects.violations.isEmpty)
    }

    /// The job starts over: what the end of the daemon cut off begins anew, and what had ended does not.
    @Test(arguments: CommandPoint.allCases)
    func whatMayRunTwiceGoesOnWhenTheNodeIsKilled(_ point: CommandPoint) async {
        let master = TestMaster(11, epoch: 5, of: node, own: others[0])
        at(point) { [node] in
            await node.kill()
            node.start()
        }
        let outcome = await time.passing { await master.run(.repeatable()) }
        #expect(outcome == .ok(["did": "thing.do"]))
        let runs = [CommandPoint.begun: 1, .acting: 2, .ended: 2, .recorded: 1]
        #expect(node.effects.count() == runs[point] && node.effects.violations.isEmpty)
    }

    /// The next master plans it anew, as jobs do that name a moment: the former one gives way, and never runs beside it.
    @Test(arguments: CommandPoint.allCases)
    func whatIsPlannedAnewByTheNextMasterRunsInItsPlace(_ point: CommandPoint) async {
        let first = TestMaster(11, epoch: 5, of: node, own: others[0])
        let second = TestMaster(13, epoch: 6, of: node, own: others[1])
        let isKilled = Waiter<Void>()
        at(point) {
            first.kill()
            isKilled.resume(returning: ())
        }
        let outcome = await time.passing {
            async let former = first.run(.repeatable(["at": 1]))
            await isKilled.answer()
            let outcome = await second.run(.repeatable(["at": 2]))
            _ = await former
            return outcome
        }
        #expect(outcome == .ok(["did": "thing.do"]))
        #expect(node.effects.violations.isEmpty && node.disk.commands.map(\.arguments) == [["at": 2]])
    }

    /// A request of the former master that was long on its way does nothing once the next one has asked.
    @Test func aLateRequestOfAFormerMasterDoesNothing() async {
        let first = TestMaster(11, epoch: 5, of: node, own: others[0])
        let second = TestMaster(13, epoch: 6, of: node, own: others[1])
        first.network.make { .late }
        let isSent = Waiter<Void>()
        await time.passing {
            async let former = first.run(.sample())
            while !first.network.asked.contains("command") { await Task.yield() }
            isSent.resume(returning: ())
            first.kill()
            _ = await former
            _ = await second.run(Command.sample().undoing)
            await first.network.deliverLate()
        }
        #expect(node.effects.count() == 0 && node.effects.count(isUndo: true) == 1)
    }
}

extension Command {
    /// One of a job that starts over.
    fileprivate static func repeatable(_ arguments: [String: Value] = [:]) -> Command {
        var command = Command.sample(on: 12, arguments)
        command.isRepeatable = true
        return command
    }
}
