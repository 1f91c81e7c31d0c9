import JobEngine
import Support
import Synchronization
import Testing
import Values
import Waiting

@testable import PeerLink

@Suite struct ClusterRunnerTests {
    private let time = ManualTime()
    private let node: TestNode
    private let own: TestNode

    init() {
        node = TestNode(12, time: time)
        own = TestNode(11, time: time)
    }

    private func master(_ number: Int = 11, epoch: Int = 5) -> TestMaster {
        TestMaster(number, epoch: epoch, of: node, own: own)
    }

    @Test func commandsGoToTheirNodes() async {
        let master = master()
        let outcomes = await time.passing {
            [await master.run(.sample()), await master.run(.sample("own.do", on: 11), step: 1)]
        }
        #expect(outcomes == [.ok(["did": "thing.do"]), .ok(["did": "own.do"])])
        #expect(node.effects.count() == 1 && own.effects.count(1) == 1)
        #expect(master.network.asked == ["command"])
    }

    @Test func whatACommandSaysIsHeardOnce() async {
        let master = master()
        let heard = Mutex<[CommandReport]>([])
        let faults = Mutex([LinkFault.cut, .cut])
        master.network.make { faults.withLock { $0.popLast() } ?? .none }
        _ = await time.passing {
            await master.runner.run(.sample(), job: JobID(node: 11, number: 7), step: 0) { told in
                heard.withLock { $0.append(told) }
            }
        }
        #expect(heard.withLock { $0 } == [.line("thing.do begins")])
        #expect(node.effects.count() == 1)
    }

    @Test func aNodeThatIsNoMemberHasDoneNothing() async {
        let master = master()
        let outcome = await time.passing { await master.run(.sample("x", on: 14)) }
        #expect(outcome == .failed(code: 1, message: "Node 14 is no member of the cluster."))
    }

    @Test func aNodeThatIsAwayIsWaitedForAndThenLost() async {
        let master = master()
        await node.kill()
        master.members.change { $0.members[12]?.isPresent = false }
        let begin = time.monotonic
        let outcome = await time.passing { await master.run(.sample()) }
        #expect(outcome == .failed(code: 1, message: "Node 12 was lost."))
        #expect(time.monotonic - begin >= RemoteCommand.patience)
    }

    /// Who has something to say in place of an answer, or goes on without one, waits as long as the command may take.
    @Test(arguments: [true, false])
    func aNodeThatCanBeDoneWithoutIsNotWaitedForLonger(isReplaced: Bool) async {
        let master = master()
        await node.kill()
        for isPresent in [true, false] {
            master.members.change { $0.members[12]?.isPresent = isPresent }
            var command = Command("thing.look", on: 12, deadline: .seconds(5))
            if isReplaced { command.answerIfSilent = [] } else { command.isOptional = true }
            let look = command
            let begin = time.monotonic
            let outcome = await time.passing { await master.run(look, job: isPresent ? 7 : 8) }
            #expect(time.monotonic - begin < .seconds(8))
            let text = isPresent ? "Node 12 could not be reached in time." : "Node 12 was lost."
            #expect(outcome == (isReplaced ? .timedOut : .failed(code: 1, message: text)))
        }
    }

    @Test func whatMayHaveBegunOnALostNodeIsLost() async {
        let master = master()
        node.reached.withLock { [node] in
            $0 = { point, _ in
                guard point == .acting else { return }
                await node.kill()
                master.members.change { $0.members[12]?.isPresent = false }
            }
        }
        let outcome = await time.passing { await master.run(.sample()) }
        #expect(outcome == .lost("Node 12 was lost."))
        #expect(node.effects.count() == 1)
    }

    @Test func aRequestToStopReachesTheCommand() async {
        let master = master()
        let isActing = Waiter<Void>()
        node.reached.withLock {
            $0 = { point, _ in
                guard point == .acting else { return }
                isActing.resume(returning: ())
                await Waiter<Void>().answer(whenCancelled: ())
            }
        }
        node.answer.withLock { $0 = { _ in Task.isCancelled ? .cancelled : .ok(.null) } }
        let outcome = await time.passing {
            let running = Task { await master.run(.sample()) }
            await isActing.answer()
            running.cancel()
            return await running.value
        }
        #expect(outcome == .cancelled)
    }

    @Test func whoDoesNotDecideAsksNobody() async {
        let network = TestNetwork(from: 11) { _ in nil }
        let runner = ClusterRunner(
            RecordingRunner(file: nil),
            commands: CommandService(
                RecordingRunner(file: nil), journal: own.disk, witness: SomeWitness(), master: { nil }),
            caller: network, cluster: TestMembers(ownNode: 11), time: time
        ) { nil }
        let outcome = await runner.run(.sample(), job: JobID(node: 11, number: 1), step: 0)
        guard case .refused(let error) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(error.code == .noMaster && network.asked.isEmpty)
    }

    /// Whatever becomes of requests and answers, a command is done once, and is told to be done.
    @Test(arguments: 0..<200)
    func faultsOfTheConnectionChangeNothing(_ seed: Int) async {
        let master = master()
        let random = Mutex(SequenceGenerator(seed: UInt64(seed)))
        // After so many faults the connection is well.
        let rest = Mutex(12)
        master.network.make {
            let isFaulty = rest.withLock { rest in
                rest -= 1
                return rest > 0
            }
            guard isFaulty else { return .none }
            return random.withLock { random in LinkFault.allCases.randomElement(using: &random) } ?? .none
        }
        let outcomes = await time.passing {
            let first = await master.run(.sample())
            let second = await master.run(.sample("other.do"), step: 1)
            let undo = await master.run(Command.sample("other.do").undoing, step: 1)
            await master.network.deliverLate()
            return [first, second, undo]
        }
        #expect(outcomes == [.ok(["did": "thing.do"]), .ok(["did": "other.do"]), .ok(["did": "other.do.undo"])])
        #expect(node.effects.count() == 1 && node.effects.count(1) == 1 && node.effects.count(1, isUndo: true) == 1)
        #expect(node.effects.violations.isEmpty)
    }
}
