import JobEngine
import Support
import Synchronization
import Testing
import Values
import Waiting

@testable import PeerLink

/// What is owed to a node that was away is run there before all else, and only if there is something to be taken back.
@Suite struct OwedUndoTests {
    private let time = ManualTime()
    private let node: TestNode
    private let others: [TestNode]

    init() {
        node = TestNode(12, time: time)
        others = [TestNode(11, time: time), TestNode(13, time: time)]
    }

    private func master(_ number: Int = 11, epoch: Int = 5) -> TestMaster {
        TestMaster(number, epoch: epoch, of: node, own: others[number == 11 ? 0 : 1])
    }

    private var kept: Command {
        var undo = Command.sample().undoing
        undo.isKept = true
        return undo
    }

    @Test func otherCommandsWaitForIt() async {
        let master = master()
        let outcomes = await time.passing {
            let first = await master.run(.sample())
            master.runner.holdBack([12])
            async let other = master.run(.sample("other.do"), job: 8)
            for _ in 0..<200 { await Task.yield() }
            let undo = await master.run(kept)
            master.runner.holdBack([])
            return [first, undo, await other]
        }
        #expect(outcomes == [.ok(["did": "thing.do"]), .ok(["did": "thing.do.undo"]), .ok(["did": "other.do"])])
        #expect(node.effects.begun.map(\.job.number) == [7, 7, 8])
    }

    @Test func commandsOfTheNodeThatDecidesWaitAsWell() async {
        let (master, own) = (master(), others[0])
        master.runner.holdBack([11])
        let outcomes = await time.passing {
            let waiting = Task { await master.run(.sample("own.do", on: 11)) }
            async let second = master.run(.sample("own.do", on: 11), job: 8)
            for _ in 0..<200 { await Task.yield() }
            let begun = own.effects.begun.count
            waiting.cancel()
            let first = await waiting.value
            master.runner.holdBack([])
            return [first, await second, .ok(.int(begun))]
        }
        #expect(outcomes == [.cancelled, .ok(["did": "own.do"]), .ok(0)])
    }

    @Test func looksWaitForNothing() async {
        let master = master()
        master.runner.holdBack([12])
        var look = Command.sample("thing.look")
        look.isLook = true
        let asked = look
        let outcome = await time.passing { await master.run(asked) }
        #expect(outcome == .ok(["did": "thing.look"]))
    }

    /// The node was away before the command came there: there is nothing to be taken back, now and for good.
    @Test func aCommandThatNeverArrivedNeverBegins() async {
        let (first, second) = (master(), master(13, epoch: 6))
        first.network.make { .late }
        let undo = await time.passing {
            async let former = first.run(.sample())
            while !first.network.asked.contains("command") { await Task.yield() }
            first.kill()
            _ = await former
            let undo = await second.run(kept)
            await first.network.deliverLate()
            return undo
        }
        #expect(undo == .ok(.null) && node.effects.begun.isEmpty)
        #expect(node.disk.commands.map(\.key.isUndo) == [true], "that it is done is written down")
        let again = await time.passing { await second.run(.sample()) }
        #expect(again == .ok(["did": "thing.do"]), "whoever asks for it since may have it")
    }

    /// Once commands were forgotten nobody can say that one never arrived.
    @Test func withAJournalThatForgotItIsRun() async {
        let master = master()
        node.disk.forget(upTo: CommandOrder(term: CommandTerm(generation: 1, epoch: 4), number: 9))
        let undo = await time.passing { await master.run(kept) }
        #expect(undo == .ok(["did": "thing.do.undo"]))
    }

    /// The node is lost with the command somewhere, comes back under another master, and is given what is owed.
    @Test(arguments: CommandPoint.allCases)
    func whateverTheCommandCameToIsTakenBackOnce(_ point: CommandPoint) async {
        let (first, second) = (master(), master(13, epoch: 6))
        let isDone = Mutex(false)
        node.reached.withLock {
            $0 = { [node] reached, key in
                guard reached == point, !key.isUndo, !isDone.withLock({ $0 }) else { return }
                isDone.withLock { $0 = true }
                await node.kill()
                first.members.change { $0.members[12]?.isPresent = false }
            }
        }
        let outcomes = await time.passing {
            let lost = await first.run(.sample())
            node.start()
            let undo = await second.run(kept)
            return [lost, undo, await second.run(kept)]
        }
        guard case .lost = outcomes[0] else { return #expect(Bool(false), "\(outcomes[0])") }
        #expect(outcomes[1...].allSatisfy { $0 == .ok(["did": "thing.do.undo"]) })
        #expect(node.effects.count() == (point == .begun ? 0 : 1) && node.effects.count(isUndo: true) == 1)
        #expect(node.effects.violations.isEmpty)
    }

    @Test func theNodeIsToldThatItWasKept() throws {
        let order = CommandOrder(term: CommandTerm(generation: 1, epoch: 5), number: 1)
        let asked = AskedCommand(kept, job: JobID(node: 11, number: 7), step: 0, order: order, term: order.term)
        let told = try #require(CommandForm.asked(CommandForm.value(of: asked, heard: 0)))
        #expect(told.command.command.isKept && told.command.command.isUndo)
    }
}
