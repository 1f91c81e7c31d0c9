import Glibc
import JobEngine
import NodeCommands
import Values

extension JobProgramRun: NodeAction {
    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        try await GuardedProgram(request, call).run("run", call)
    }
}

extension JobProgramCheck: NodeAction {
    func run(_ call: ActionCall) throws(ActionError) -> NoAnswer {
        _ = try GuardedProgram(request, call)
        return NoAnswer()
    }
}

extension JobProgramUndo: NodeAction {
    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        try await GuardedProgram(request, call).run("undo", call)
    }
}

/// The executable of a plug-in job, which nobody but the operator could have changed, with what it may use.
private struct GuardedProgram {
    private let request: JobProgramRequest
    private var program: ExternalProgram

    private var name: String { request.program.name }

    init(_ request: JobProgramRequest, _ call: ActionCall) throws(ActionError) {
        self.request = request
        let (name, executable) = (request.program.name, request.program.executable)
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
        program.outputLimit = request.program.outputBytes ?? program.outputLimit
        program.memoryLimit = request.program.memoryBytes
        guard case .some(.some(let user)) = request.program.user else { return }
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
        let told: Value = [
            "contract": 1, "verb": .string(verb), "job": .string(call.job.description), "name": .string(name),
            "parameters": .map(request.parameters ?? [:]), "cluster": request.cluster ?? [:],
            "principal": request.principal ?? [:], "root": .string(call.root.directory),
        ]
        let answer = try await program.run(JSON.bytes(told), within: call) { call.report(CommandReport(line: $0)) }
        return try answer.value(of: "The executable of the job \(name)")
    }
}
