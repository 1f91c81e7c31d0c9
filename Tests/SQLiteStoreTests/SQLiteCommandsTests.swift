import JobEngine
import Testing
import Values

@testable import SQLiteStore

@Suite struct SQLiteCommandsTests {
    private let fixture = StoreFixture()
    private let time = Timestamp(milliseconds: 9000)

    private func command(
        _ number: Int, job: Int = 7, step: Int = 0, isUndo: Bool = false, epoch: Int = 5
    ) -> JournaledCommand {
        JournaledCommand(
            CommandKey(job: JobID(node: 11, number: job), step: step, isUndo: isUndo),
            order: CommandOrder(term: CommandTerm(generation: 1, epoch: epoch), number: number), action: "thing.do",
            arguments: ["key": "***", "size": 4], digest: "d\(number)", begunAt: Timestamp(milliseconds: 1000))
    }

    private func ended(_ command: JournaledCommand, _ outcome: CommandOutcome) -> JournaledCommand {
        var command = command
        command.outcome = outcome
        return command
    }

    @Test func whatBegunIsThereAfterAPowerCut() async throws {
        let journal = SQLiteCommands(try fixture.open())
        _ = try await journal.begin(command(1))
        _ = try await journal.begin(command(2, step: 1))
        try await journal.end(command(2, step: 1), .ok(["a": 1]), at: time)
        let copy = SQLiteCommands(try fixture.copyAsItLies().open())
        let job = JobID(node: 11, number: 7)
        #expect(try await copy.commands(of: job, step: 0) == [command(1)])
        #expect(try await copy.commands(of: job, step: 1) == [ended(command(2, step: 1), .ok(["a": 1]))])
        #expect(try await copy.commands(of: JobID(node: 12, number: 7), step: 0).isEmpty)
        #expect(try await copy.marks() == CommandMarks(term: CommandTerm(generation: 1, epoch: 5)))
    }

    @Test func aCommandThatBeginsAnewReplacesBoth() async throws {
        let journal = SQLiteCommands(try fixture.open())
        let job = JobID(node: 11, number: 7)
        _ = try await journal.begin(command(1))
        _ = try await journal.begin(command(2, isUndo: true))
        #expect(try await journal.commands(of: job, step: 0) == [command(1), command(2, isUndo: true)])
        _ = try await journal.begin(command(3, isUndo: true))
        #expect(try await journal.commands(of: job, step: 0) == [command(1), command(3, isUndo: true)])
        _ = try await journal.begin(command(4))
        #expect(try await journal.commands(of: job, step: 0) == [command(4)])
    }

    @Test func anEndOfAnotherOneIsNotTaken() async throws {
        let journal = SQLiteCommands(try fixture.open())
        _ = try await journal.begin(command(4))
        try await journal.end(command(1), .ok(1), at: time)
        #expect(try await journal.commands(of: JobID(node: 11, number: 7), step: 0) == [command(4)])
    }

    @Test func termsOnlyRise() async throws {
        let journal = SQLiteCommands(try fixture.open())
        #expect(try await journal.marks() == CommandMarks())
        try await journal.raise(to: CommandTerm(generation: 2, epoch: 3))
        try await journal.raise(to: CommandTerm(generation: 1, epoch: 9))
        _ = try await journal.begin(command(1))
        #expect(try await journal.marks().term == CommandTerm(generation: 2, epoch: 3))
    }

    @Test func theOldestThatEndedAreForgotten() async throws {
        let journal = SQLiteCommands(try fixture.open(), limit: 3)
        for number in 1...9 {
            let command = command(number, job: number)
            let marks = try await journal.begin(command)
            // The first never ends.
            if number > 1 { try await journal.end(command, .timedOut, at: time) }
            let forgotten = number > 4 ? command.order.number - 3 : nil
            #expect(marks.forgotten?.number == forgotten)
        }
        for number in 1...9 {
            let known = try await journal.commands(of: JobID(node: 11, number: number), step: 0)
            #expect(known.isEmpty == (2...6).contains(number))
        }
    }

    @Test(arguments: [
        CommandOutcome.failed(code: 2, message: "m"), .lost("l"), .timedOut, .cancelled,
        StoredAnswer(bytes: 7, sha256: String(repeating: "a", count: 64)).map(CommandOutcome.stored) ?? .ok(.null),
        .refused(JobError(.objectBusy, "busy", details: ["nodes": [1]])),
    ])
    func everyOutcomeIsReadAsItWasWritten(_ outcome: CommandOutcome) async throws {
        let journal = SQLiteCommands(try fixture.open())
        _ = try await journal.begin(command(1))
        try await journal.end(command(1), outcome, at: time)
        #expect(try await journal.commands(of: JobID(node: 11, number: 7), step: 0).map(\.outcome) == [outcome])
    }

    @Test func withoutRoomNothingBegins() async throws {
        let journal = SQLiteCommands(try fixture.open())
        fixture.commits.fullUntil { false }
        let error = await #expect(throws: StoreError.self) { try await journal.begin(command(1)) }
        guard case .full = error else { throw StoreError.unavailable("another error: \(String(describing: error))") }
        fixture.commits.fullUntil { true }
        #expect(try await journal.commands(of: JobID(node: 11, number: 7), step: 0).isEmpty)
    }
}
