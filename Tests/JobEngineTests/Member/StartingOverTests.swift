import Access
import Support
import Testing
import Values
import Waiting

@testable import JobEngine

/// Jobs that start over where another node decides go on with the commands they began.
@Suite(.timeLimit(.minutes(5))) struct StartingOverTests {
    @Test func aCommandIsToldTheSameThoughItNamesAMoment() async throws {
        let gate = Waiter<Void>()
        let fixture = try await MemberFixture(catalogue: JobCatalogue([.moment])) { _ in
            await gate.answer(whenCancelled: ())
            return .ok(.null)
        }
        let id = try await fixture.running { scheduler in
            try await fixture.elect(scheduler)
            let job = try await scheduler.submit(.fixture("test_moment"))
            #expect(await fixture.until { fixture.alone.runner.commands.count == 1 })
            try await fixture.store.depose(for: 12)
            #expect(await fixture.until { (try? scheduler.driver) == nil })
            gate.resume(returning: ())
            return job.id
        }
        let other = MemberFixture(fixture, as: 12)
        try await other.running { scheduler in
            try await other.elect(scheduler)
            #expect(try await other.until { try await scheduler.record(id).isDone })
            #expect(try await scheduler.record(id).outcome == .ok)
        }
        let told = fixture.alone.runner.commands
        #expect(told.count == 2 && told[0].arguments == told[1].arguments)
        #expect(told.map(\.isRepeatable) == [true, true])
    }

    private func arguments(_ command: Command, after former: [CommandRecord]) -> [String: Value]? {
        var plan = Plan(commands: [command])
        plan.startOver(with: former)
        return plan.commands.first?.arguments
    }

    @Test func whatIsAnotherCommandIsToldWhatItIsPlannedWith() {
        let planned = Command("a", on: 12, ["at": 2], undo: "undo.a")
        func former(_ action: String, on node: Int = 12, _ arguments: [String: Value] = ["at": 1]) -> CommandRecord {
            CommandRecord(action: action, node: node, arguments: arguments, undo: "undo.a")
        }
        #expect(arguments(planned, after: [former("a")]) == ["at": 1])
        #expect(arguments(planned, after: [former("b")]) == ["at": 2])
        #expect(arguments(planned, after: [former("a", on: 13)]) == ["at": 2])
        #expect(arguments(planned, after: [former("a", ["at": 1, "to": "x"])]) == ["at": 2])
        #expect(arguments(planned, after: [former("a"), former("a")]) == ["at": 2])
        let secret = Command("a", on: 12, ["key": "x"], secrets: ["key"], undo: "undo.a")
        #expect(arguments(secret, after: [former("a", ["key": "***"])]) == ["key": "x"])
    }
}

extension JobDefinition {
    /// Starts over, and tells its command when.
    fileprivate static let moment = JobDefinition(
        name: "test_moment", noun: "test", summary: "Act at a moment.", mode: .read,
        permission: Permission(users: [], groups: ["exaadm"]), result: "none",
        work: .act { (context, _) throws(JobError) in
            Plan(commands: [Command("slow", on: 12, ["at": context.now.value])])
        }
    ).with { $0.recovery = .restart }
}
