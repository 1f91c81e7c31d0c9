import Foundation
import JobEngine
import Posix
import Support
import Synchronization
import Testing
import Values
import Waiting

@testable import PeerLink

@Suite struct CommandServiceTests {
    private let time = ManualTime()
    private let node: TestNode
    private let job = JobID(node: 11, number: 7)

    init() { node = TestNode(12, time: time) }

    private func asked(
        _ command: Command = .sample(), number: Int = 1, epoch: Int = 5, step: Int = 0, job: Int = 7
    ) -> AskedCommand {
        let term = CommandTerm(generation: 1, epoch: epoch)
        return AskedCommand(
            command, job: JobID(node: 11, number: job), step: step, order: CommandOrder(term: term, number: number),
            term: term)
    }

    private func outcome(_ asked: AskedCommand) async throws -> CommandOutcome {
        try await #require(node.service).take(asked).outcome.answer().get()
    }

    /// Has commands wait where they act until the gate is answered.
    private func hold() -> (isActing: Waiter<Void>, gate: Waiter<Void>) {
        let (isActing, gate) = (Waiter<Void>(), Waiter<Void>())
        node.reached.withLock {
            $0 = { point, key in
                guard point == .acting, !key.isUndo else { return }
                isActing.resume(returning: ())
                await gate.answer(whenCancelled: ())
            }
        }
        return (isActing, gate)
    }

    @Test func theSameCommandRunsOnce() async throws {
        let (isActing, gate) = hold()
        let service = try #require(node.service)
        let first = try await service.take(asked())
        await isActing.answer()
        let second = try await service.take(asked(number: 2))
        gate.resume(returning: ())
        let outcomes = try await [first.outcome.answer().get(), second.outcome.answer().get()]
        #expect(outcomes == [.ok(["did": "thing.do"]), .ok(["did": "thing.do"])])
        #expect(try await outcome(asked(number: 3)) == .ok(["did": "thing.do"]))
        #expect(node.effects.count() == 1)
    }

    // MARK: Who may ask

    /// Why a node is not heard; `nil` when it is.
    private func refusal(_ route: String, _ asked: AskedCommand, by node: Int?) async throws -> PeerFault.Code? {
        let found = try #require(self.node.service?.routes.first { $0.name == route })
        let body = CommandForm.value(of: asked, heard: 0)
        do throws(PeerFault) {
            _ = try await found.answer(PeerQuestion(node: node, address: "::1", body: body))
            return nil
        } catch {
            return error.code
        }
    }

    @Test(arguments: ["command", "command-outcome", "command-cancel"])
    func onlyWhoDecidesIsHeard(_ route: String) async throws {
        node.witness.say(.doesNotHold)
        node.master.withLock { $0 = 11 }
        // Neither another member, nor the one that decides in a term etcd does not have.
        #expect(try await refusal(route, asked(), by: 13) == .lowerTerm)
        #expect(try await refusal(route, asked(epoch: 999_999_999), by: 11) == .lowerTerm)
        #expect(try await refusal(route, asked(), by: nil) == .stranger)
        node.witness.say(.unknown)
        #expect(try await refusal(route, asked(), by: 11) == .unreachable)
        #expect(node.effects.count() == 0)
        // Etcd has told once; from then on it is known.
        node.witness.say(.holds)
        #expect(try await refusal(route, asked(), by: 11) == nil)
        node.witness.say(.doesNotHold)
        #expect(try await refusal(route, asked(number: 2), by: 11) == nil)
        #expect(try await refusal(route, asked(number: 3), by: 13) == .lowerTerm)
        #expect(try await refusal(route, asked(epoch: 4), by: 11) == .lowerTerm)
        // Nothing that was refused has raised the term.
        #expect(try await refusal(route, asked(number: 4), by: 11) == nil)
    }

    @Test func anotherCommandOfTheStepIsRefusedUntilTheFirstWasTakenBack() async throws {
        _ = try await outcome(asked())
        let other = Command.sample("thing.do", ["size": 2])
        await #expect(throws: PeerFault.self) { try await outcome(asked(other, number: 2)) }
        #expect(try await outcome(asked(Command.sample().undoing, number: 3)) == .ok(["did": "thing.do.undo"]))
        #expect(try await outcome(asked(other, number: 4)) == .ok(["did": "thing.do"]))
        #expect(node.effects.count() == 2 && node.effects.violations.isEmpty)
    }

    @Test func aLowerTermIsRefusedAlsoAfterARestart() async throws {
        _ = try await outcome(asked(epoch: 9))
        await #expect(throws: PeerFault(.lowerTerm, "Another node decides since.")) {
            try await outcome(asked(epoch: 8, step: 1))
        }
        await node.kill()
        node.start()
        await #expect(throws: PeerFault(.lowerTerm, "Another node decides since.")) {
            try await outcome(asked(epoch: 8, step: 1))
        }
        #expect(node.effects.begun.count == 1)
    }

    @Test func whoOnlyAsksEndsTheTermsBefore() async throws {
        let service = try #require(node.service)
        let key = CommandKey(job: job, step: 0, isUndo: false)
        let known = try await service.knowledge(of: key, CommandTerm(generation: 1, epoch: 6))
        #expect(known == .nothing)
        await #expect(throws: PeerFault.self) { try await outcome(asked(epoch: 5)) }
        #expect(node.effects.begun.isEmpty)
    }

    @Test func anUndoStopsWhatItTakesBackAndWaitsForItsEnd() async throws {
        let (isActing, gate) = hold()
        let service = try #require(node.service)
        let first = try await service.take(asked())
        await isActing.answer()
        // The gate opens because the command is asked to stop.
        #expect(try await outcome(asked(Command.sample().undoing, number: 2)) == .ok(["did": "thing.do.undo"]))
        #expect(first.outcome.isAnswered)
        #expect(node.effects.violations.isEmpty)
        gate.resume(returning: ())
    }

    @Test func ofAJobOneCommandRunsAtATime() async throws {
        let (isActing, gate) = hold()
        let service = try #require(node.service)
        let first = try await service.take(asked())
        await isActing.answer()
        async let second = outcome(asked(number: 2, step: 1))
        async let other = outcome(asked(number: 3, job: 8))
        for _ in 0..<100 { await Task.yield() }
        #expect(node.effects.begun.filter { $0.job == job }.count == 1)
        gate.resume(returning: ())
        _ = try await (second, other, first.outcome.answer().get())
        #expect(node.effects.begun.count == 3 && node.effects.violations.isEmpty)
    }

    @Test func whatIsStoppedBeforeItArrivesDoesNotBegin() async throws {
        let service = try #require(node.service)
        let late = asked(number: 4)
        try await service.stop(late.key, order: late.order, in: late.term)
        #expect(try await outcome(late) == .cancelled)
        #expect(try await outcome(asked(number: 3)) == .cancelled)
        #expect(node.effects.begun.isEmpty)
        #expect(try await outcome(asked(number: 5)) == .ok(["did": "thing.do"]))
    }

    @Test func whatADaemonDidNotEndIsLost() async throws {
        let reached = Waiter<Void>()
        node.reached.withLock {
            $0 = { point, _ in
                guard point == .acting else { return }
                reached.resume(returning: ())
                await Waiter<Void>().answer(whenCancelled: ())
            }
        }
        _ = try await #require(node.service).take(asked())
        await reached.answer()
        await node.kill()
        node.reached.withLock { $0 = nil }
        node.start()
        guard case .lost = try await outcome(asked()) else { throw PeerFault(.refused, "it is not lost") }
        #expect(try await outcome(asked(Command.sample().undoing, number: 2)) == .ok(["did": "thing.do.undo"]))
        #expect(node.effects.count() == 1 && node.effects.violations.isEmpty)
    }

    private struct Finder: CommandRecovery {
        func outcome(of command: JournaledCommand) async -> CommandOutcome? { .ok(["found": .string(command.action)]) }
    }

    @Test func whatCanBeFoundAgainIsNotLost() async throws {
        let reached = Waiter<Void>()
        node.reached.withLock {
            $0 = { point, _ in
                guard point == .acting else { return }
                reached.resume(returning: ())
                await Waiter<Void>().answer(whenCancelled: ())
            }
        }
        _ = try await #require(node.service).take(asked())
        await reached.answer()
        await node.kill()
        node.reached.withLock { $0 = nil }
        node.start(recovery: Finder())
        #expect(try await outcome(asked()) == .ok(["found": "thing.do"]))
        #expect(node.effects.count() == 1)
    }

    @Test func withoutRoomInTheJournalNothingBegins() async throws {
        node.disk.fill()
        await #expect(throws: PeerFault.self) { try await outcome(asked()) }
        #expect(node.effects.begun.isEmpty)
        node.disk.fill(false)
        #expect(try await outcome(asked()) == .ok(["did": "thing.do"]))
    }

    @Test func anEndThatCouldNotBeWrittenIsRemembered() async throws {
        node.reached.withLock { [disk = node.disk] in
            $0 = { point, _ in if point == .ended { disk.fill() } }
        }
        #expect(try await outcome(asked()) == .ok(["did": "thing.do"]))
        #expect(try await outcome(asked()) == .ok(["did": "thing.do"]))
        #expect(node.effects.count() == 1)
    }

    @Test func whatIsTooOldToBeKnownDoesNotBegin() async throws {
        _ = try await outcome(asked(number: 3))
        await node.kill()
        node.disk.forget(upTo: asked(number: 3).order)
        node.start()
        await #expect(throws: PeerFault(.refused, "The request is too old.")) { try await outcome(asked(number: 3)) }
        #expect(try await outcome(asked(number: 4, step: 1)) == .ok(["did": "thing.do"]))
        #expect(node.effects.begun.count == 2)
    }

    @Test func noSecretIsWrittenDown() async throws {
        let planted = "planted-7f3a"
        var command = Command.sample("thing.do", ["key": .string(planted), "name": "n"])
        command.secrets = ["key"]
        node.answer.withLock { $0 = { _ in .ok(["token": .string("x \(planted)")]) } }
        #expect(try await outcome(asked(command)) == .ok(["token": .string("x \(planted)")]))
        command.secretAnswers = ["code"]
        node.answer.withLock { $0 = { _ in .ok(["code": .string(planted)]) } }
        _ = try await outcome(asked(command, number: 2, step: 1))
        node.answer.withLock { $0 = { _ in .failed(code: 1, message: "bad \(planted)") } }
        _ = try await outcome(asked(command, number: 3, step: 2))
        #expect(node.disk.commands.count == 3)
        #expect(!"\(node.disk.commands)".contains(planted))
        // The first is known in full until the daemon ends, and is lost then: its answer is nowhere.
        #expect(try await outcome(asked(command)) == .ok(["token": .string("x \(planted)")]))
        await node.kill()
        node.start()
        await #expect(throws: PeerFault.self) { try await outcome(asked(command)) }
        #expect(node.effects.count() == 1)
    }

    private static let large = String(repeating: "x", count: CommandOutcome.mostBytes)

    /// Has the node keep long answers in files of a folder.
    private func keepAnswers(in root: String) async {
        node.answers.withLock { $0 = AnswerFiles(directory: root) }
        await node.kill()
        node.start()
    }

    @Test func aLargeAnswerIsNoAnswerWhereNoFileKeepsIt() async throws {
        node.answer.withLock { $0 = { _ in .ok(.string(Self.large)) } }
        guard case .lost(let text) = try await outcome(asked()) else { throw PeerFault(.refused, "it is kept") }
        #expect(text.contains("1048578 bytes"))
        // A folder that nobody can write to.
        await keepAnswers(in: "/dev/null/none")
        guard case .lost(let cause) = try await outcome(asked(job: 8)) else { throw PeerFault(.refused, "it is kept") }
        #expect(cause.contains("1048578 bytes") && cause.contains("cannot be written"))
    }

    @Test func aLargeAnswerIsInAFileWithoutSecrets() async throws {
        let root = NSTemporaryDirectory() + "/answers-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        await keepAnswers(in: root)
        var command = Command.sample("thing.do", ["key": "planted-7f3a"])
        (command.secrets, command.secretAnswers) = (["key"], ["code"])
        node.answer.withLock {
            $0 = { _ in
                .ok([
                    "text": .string(Self.large), "said": ["is planted-7f3a", ["planted-7f3a": 1]], "code": "4711",
                    "url": "ftp://u:geheim@h/x", "password": "p",
                ])
            }
        }
        guard case .stored(let answer) = try await outcome(asked(command)) else {
            throw PeerFault(.refused, "it is not")
        }
        let file = try #require(await AnswerFiles(directory: root).file(of: answer, of: job, step: 0))
        let told = try JSON.parse(try file.read(from: 0, count: answer.bytes + 1))
        #expect(told["text"]?.string == Self.large && told["said"] == ["is ***", ["***": 1]] && told["code"] == "***")
        #expect(told["url"] == "ftp://u:***@h/x" && told["password"] == "***")
        // It is known after a restart, too, as what it was.
        await node.kill()
        node.start()
        let key = CommandKey(job: job, step: 0, isUndo: false)
        let service = try #require(node.service)
        #expect(try await service.knowledge(of: key, CommandTerm(generation: 1, epoch: 5)) == .ended(.stored(answer)))
        // What an undo says is read by nobody.
        #expect(try await outcome(asked(command.undoing, number: 2)) == .ok(.null))
    }
}
