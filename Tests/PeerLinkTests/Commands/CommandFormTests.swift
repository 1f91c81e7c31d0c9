import JobEngine
import Testing
import Values

@testable import PeerLink

@Suite struct CommandFormTests {
    private let term = CommandTerm(generation: 2, epoch: 40)

    @Test func aCommandArrivesAsItWasAsked() throws {
        var command = Command.sample("a.b", ["key": "secret", "n": 4])
        command.secrets = ["key"]
        command.secretAnswers = ["password"]
        command.isUndo = true
        let asked = AskedCommand(
            command, job: JobID(node: 11, number: 8), step: 3, order: CommandOrder(term: term, number: 9), term: term)
        let read = try #require(CommandForm.asked(CommandForm.value(of: asked, heard: 5)))
        #expect(read.command.command == command && read.heard == 5)
        #expect(read.command.key == asked.key && read.command.order == asked.order && read.command.term == term)
    }

    @Test(arguments: [
        CommandOutcome.ok(["a": [1, .null]]),
        StoredAnswer(bytes: 7, sha256: String(repeating: "a", count: 64)).map(CommandOutcome.stored) ?? .ok(.null),
        .failed(code: 3, message: "no"), .lost("gone"), .timedOut, .cancelled,
        .refused(
            JobError(
                .objectBusy, "busy", faults: [.init(pointer: "/params/x", code: .objectBusy, text: "t")],
                details: ["nodes": [1]])),
    ])
    func outcomesArriveAsTheyWere(_ outcome: CommandOutcome) {
        #expect(CommandOutcome(outcome.value) == outcome)
        #expect(CommandForm.line(CommandForm.value(of: CommandForm.Line.ended(outcome))) == .ended(outcome))
        #expect(CommandForm.known(CommandForm.value(of: CommandForm.Known.ended(outcome))) == .ended(outcome))
    }

    @Test func linesArriveAsTheyWere() {
        let lines: [CommandForm.Line] = [
            .alive, .report(3, .line("x")), .report(4, .progress(CommandProgress(percent: 40, text: "copying"))),
            .fault(PeerFault(.refused, "why")),
        ]
        for line in lines { #expect(CommandForm.line(CommandForm.value(of: line)) == line) }
    }

    @Test(arguments: [
        Value.null, [:], ["outcome": 4], ["outcome": ["ok": 1, "lost": ""]], ["number": 1], ["fault": "x"],
        ["action": "a"], ["state": "ended"], ["key": ["job": "x", "step": -1, "undo": false]],
    ])
    func whatIsNoneIsRefused(_ value: Value) {
        #expect(CommandForm.line(value) == nil)
        #expect(CommandForm.asked(value) == nil)
        #expect(CommandForm.known(value) == nil)
        #expect(CommandForm.names(value) == nil)
    }
}
