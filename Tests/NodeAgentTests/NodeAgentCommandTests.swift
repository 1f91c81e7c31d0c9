import EXAConf
import JobEngine
import NodeAgent
import NodeCommands
import Synchronization
import Testing
import Values

/// Counts its runs and can be made to wait.
private final class CountedAction: Sendable {
    struct Count: NodeCommand {
        static let traits = CommandTraits("test.count", .lasting)
        typealias Answer = Int
    }

    let runs = Mutex(0)
    let begun = AsyncStream<Void>.makeStream()
    let gate = AsyncStream<Void>.makeStream()
    let waits: Bool

    init(waits: Bool = false) {
        self.waits = waits
    }

    var handler: CommandHandler {
        CommandHandler(Count.self) { (_, call) async throws(ActionError) in try await self.run(call) }
    }

    private func run(_ call: ActionCall) async throws(ActionError) -> Int {
        let number = runs.withLock { runs in
            runs += 1
            return runs
        }
        begun.continuation.yield()
        if waits { for await _ in gate.stream { break } }
        try call.check()
        return number
    }
}

struct NodeAgentCommandTests {
    let place: TemporaryInstallation
    let job = JobID(node: 11, number: 5)

    init() throws {
        place = try TemporaryInstallation()
    }

    private func agent(_ action: CountedAction) -> NodeAgent {
        NodeAgent(node: 11, root: place.root, time: SteppingTime(), handlers: [action.handler])
    }

    @Test func theSameStepRunsOnce() async {
        let action = CountedAction()
        let agent = agent(action)
        let command = Command("test.count", on: 11)
        #expect(await agent.run(command, job: job, step: 0) == .ok(1))
        #expect(await agent.run(command, job: job, step: 0) == .ok(1))
        #expect(await agent.run(command, job: job, step: 1) == .ok(2))
        #expect(await agent.run(command, job: JobID(node: 11, number: 6), step: 0) == .ok(3))
    }

    @Test func whoeverAsksWhileItRunsGetsTheSameAnswer() async {
        let action = CountedAction(waits: true)
        let agent = agent(action)
        let command = Command("test.count", on: 11)
        let answers = await withTaskGroup(of: CommandOutcome.self) { group in
            group.addTask { await agent.run(command, job: job, step: 0) }
            for await _ in action.begun.stream { break }
            for _ in 0..<10 { group.addTask { await agent.run(command, job: job, step: 0) } }
            // The agent is not held up while the action waits.
            _ = await agent.configurationWasTouched()
            action.gate.continuation.yield()
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers == Array(repeating: .ok(1), count: 11))
    }

    @Test func theOldestOutcomesAreForgotten() async {
        let action = CountedAction()
        let agent = agent(action)
        let command = Command("test.count", on: 11)
        for step in 0...256 { _ = await agent.run(command, job: job, step: step) }
        #expect(await agent.run(command, job: job, step: 1) == .ok(2))
        #expect(await agent.run(command, job: job, step: 0) == .ok(258))
    }

    @Test func anUnknownActionIsRefused() async {
        let outcome = await agent(CountedAction()).run(Command("rm.rf", on: 11), job: job, step: 0)
        #expect(outcome == .failed(code: 127, message: "Node 11 does not know how to do 'rm.rf'."))
    }

    @Test func anotherNodeIsRefused() async {
        let action = CountedAction()
        let outcome = await agent(action).run(Command("test.count", on: 12), job: job, step: 0)
        #expect(
            outcome == .failed(code: 1, message: "Node 12 cannot be reached: this installation has one node, 11."))
        #expect(action.runs.withLock { $0 } == 0)
    }

    @Test func theDeadlineAndCancellingEndACommand() async {
        let agent = agent(CountedAction())
        let late = Command("test.count", on: 11, deadline: .milliseconds(500))
        #expect(await agent.run(late, job: job, step: 0) == .timedOut)
        let waiting = CountedAction(waits: true)
        let other = self.agent(waiting)
        let task = Task { await other.run(Command("test.count", on: 11), job: job, step: 1) }
        for await _ in waiting.begun.stream { break }
        task.cancel()
        #expect(await task.value == .cancelled)
    }

}
