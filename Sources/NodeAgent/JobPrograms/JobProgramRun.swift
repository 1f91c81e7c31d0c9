import Glibc
import JobEngine
import Values

/// `job.run`: has the executable of a folder of `jobs.d` do a job, as docs/plug-ins.md describes it.
struct JobProgramRun: NodeAction {
    static let name = "job.run"

    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        try await JobProgram(call).run("run", call)
    }
}

/// `job.check`: whether the executable can be called at all.
struct JobProgramCheck: NodeAction {
    static let name = "job.check"

    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        _ = try JobProgram(call)
        return .null
    }
}

/// `job.undo`: has it take back what it did, with the same request.
struct JobProgramUndo: NodeAction {
    static let name = "job.undo"

    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        try await JobProgram(call).run("undo", call)
    }
}

/// The executable of a plug-in job with what it may use.
private struct JobProgram {
    private let name: String
    private var program: ExternalProgram

    init(_ call: ActionCall) throws(ActionError) {
        name = try call.text("name")
        let executable = try call.text("executable")
        // Commands come from the store, too.
        for part in [name, executable] where part.isEmpty || part.hasPrefix(".") || part.contains("/") {
            throw .argument("name", "and 'executable' must be plain names")
        }
        let folder = "\(call.root.jobPrograms)/\(name)"
        program = ExternalProgram("\(folder)/\(executable)")
        do throws(InstallError) {
            try JobFolder(call.root).requireGuarded(program.path)
        } catch {
            throw .refused(JobError(.unsupported, error.description))
        }
        program.directory = folder
        program.outputLimit = call.arguments["output_bytes"]?.int ?? program.outputLimit
        program.memoryLimit = call.arguments["memory_bytes"]?.int
        guard let user = try call.optionalText("user") else { return }
        guard let account = ExternalProgram.Account(named: user) else {
            throw .refused(JobError(.unsupported, "This node has no user '\(user)', whom the job \(name) runs as."))
        }
        guard geteuid() == 0 else {
            if account.userID == geteuid() { return }
            throw .refused(
                JobError(
                    .unsupported,
                    "The job \(name) runs as '\(user)', and a daemon that is not root runs jobs as its own account alone."
                ))
        }
        if let obstacle = Reach(user, account).obstacle(toRunning: program.path) {
            throw .refused(
                JobError(.unsupported, "\(obstacle), whom the job \(name) runs as: let others pass, chmod o+x."))
        }
        program.account = account
    }

    func run(_ verb: String, _ call: ActionCall) async throws(ActionError) -> Value {
        var program = program
        program.arguments = [verb]
        let request: Value = [
            "contract": 1, "verb": .string(verb), "job": .string(call.job.description), "name": .string(name),
            "parameters": call.arguments["parameters"] ?? [:], "cluster": call.arguments["cluster"] ?? [:],
            "principal": call.arguments["principal"] ?? [:], "root": .string(call.root.directory),
        ]
        let answer = try await program.run(JSON.bytes(request), within: call) { call.report(CommandReport(line: $0)) }
        return try answer.value(of: "The executable of the job \(name)")
    }
}
