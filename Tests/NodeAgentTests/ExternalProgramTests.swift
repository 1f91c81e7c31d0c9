import Access
import JobEngine
import NodeAgent
import NodeCommands
import Synchronization
import Testing
import Values

/// Has a shell run a script.
private struct Shell: NodeCommand {
    static let traits = CommandTraits("test.shell", .lasting)
    typealias Answer = Value
    let script: String
}

/// Runs a shell with a script, so that real processes, pipes and signals are at work.
private struct ShellAction: Sendable {
    let seen = LineLog()
    var limit = 64 * 1024

    func run(_ command: Shell, _ call: ActionCall) async throws(ActionError) -> Value {
        var program = ExternalProgram("/bin/sh")
        program.arguments = ["-c", command.script]
        program.outputLimit = limit
        program.grace = .milliseconds(200)
        let seen = seen
        let answer = try await program.run(Array("asked\n".utf8), within: call) { seen.append($0) }
        return [
            "code": .int(answer.exitCode), "output": .string(String(decoding: answer.output, as: UTF8.self)),
            "messages": .strings(answer.messages),
        ]
    }
}

private final class LineLog: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func append(_ line: String) { lines.withLock { $0.append(line) } }
}

extension CommandOutcome {
    /// The members of an answer, `nil` for any other outcome.
    fileprivate var map: [String: Value]? {
        if case .ok(let answer) = self { answer.map } else { nil }
    }
}

struct ExternalProgramTests {
    let place: TemporaryInstallation
    private let action = ShellAction()

    init() throws {
        place = try TemporaryInstallation()
    }

    private func run(_ script: String, deadline: Duration = .seconds(600), limit: Int = 65536) async -> CommandOutcome {
        var action = action
        action.limit = limit
        let limited = action
        let handler = CommandHandler(Shell.self) { (command, call) async throws(ActionError) in
            try await limited.run(command, call)
        }
        let agent = NodeAgent(node: 11, root: place.root, handlers: [handler])
        let command = Command("test.shell", on: 11, ["script": .string(script)], deadline: deadline)
        return await agent.run(command, job: JobID(node: 11, number: 1), step: 0)
    }

    @Test func itReadsTheRequestAndItsAnswerIsTold() async {
        #expect(
            await run("read word; echo \"got $word\"; echo half >&2; exit 3")
                == .ok(["code": 3, "output": "got asked\n", "messages": ["half"]]))
        #expect(action.seen.all == ["half"])
    }

    @Test func nothingOfTheDaemonsEnvironmentGetsThrough() async {
        guard case .ok(let answer) = await run("env | cut -d= -f1 | grep -v '^PWD$\\|^_$\\|^SHLVL$\\|^OLDPWD$'") else {
            Issue.record("the program did not run")
            return
        }
        #expect(answer.map?["output"] == "PATH\n")
    }

    @Test func whoDoesNotReadTheRequestIsNoFault() async {
        for _ in 0..<20 { #expect(await run("exec 0<&-; exit 4").map?["code"] == 4) }
    }

    @Test func aSignalIsTheExitCodeAShellWouldSay() async {
        guard case .ok(let answer) = await run("kill -9 $$") else {
            Issue.record("the program did not run")
            return
        }
        #expect(answer.map?["code"] == 137)
    }

    @Test func aLateProgramEndsWithAllItStarted() async throws {
        let marker = place.root.directory + "/child"
        let script = "sh -c 'echo $$ > \(marker); exec sleep 600' & trap '' TERM; wait; sleep 600"
        #expect(await run(script, deadline: .milliseconds(700)) == .timedOut)
        let child = try #require(place.text(marker).flatMap { Int32($0.split(separator: "\n")[0]) })
        // The group was ended before the outcome was told: the process is gone, or a zombie nobody has reaped yet.
        let status = place.text("/proc/\(child)/stat") ?? ") Z"
        #expect(status.split(separator: ")").last?.trimmingPrefix(" ").first == "Z")
    }

    @Test func whoSaysTooMuchHasFailed() async {
        guard case .failed(let code, let message) = await run("yes", deadline: .seconds(600), limit: 1000) else {
            Issue.record("the program was let go on")
            return
        }
        #expect(code == 126)
        #expect(message.hasPrefix("/bin/sh could not be run"))
    }

    @Test func aProgramThatIsNotThereIsNamed() async {
        struct Absent: NodeCommand {
            static let traits = CommandTraits("test.absent", .lasting)
            typealias Answer = Int
        }
        let handler = CommandHandler(Absent.self) { (_, call) async throws(ActionError) in
            try await ExternalProgram("/nowhere/engine").run([], within: call).exitCode
        }
        let agent = NodeAgent(node: 11, root: place.root, handlers: [handler])
        let outcome = await agent.run(Command("test.absent", on: 11), job: JobID(node: 11, number: 2), step: 0)
        guard case .failed(126, let message) = outcome else {
            Issue.record("got \(outcome)")
            return
        }
        #expect(message.contains("/nowhere/engine"))
    }
}
