import Access
import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobManifest {
    /// The job, to stand in the catalogue beside those of the daemon.
    package var definition: JobDefinition {
        JobDefinition(
            name: name, noun: noun, summary: summary, mode: mode, permission: permission, result: result,
            work: .act { (context, document) throws(JobError) in
                Plan(commands: try commands(context, facts: document.facts(in: context.cluster))) {
                    (answers) throws(JobError) in
                    try JobProgramRun.answer(answers.last).unlessNull
                }
            }
        ).with {
            $0.help = help
            $0.mandatory = parameters.filter(\.isMandatory).map(\.parameter)
            $0.optional = parameters.filter { !$0.isMandatory }.map(\.parameter)
            $0.substitutes = substitutes
            $0.takesKeys = true
            $0.takesLongArguments = true
            $0.secretResults = secretResults
            $0.example = example
            let locks = locks
            $0.locks = { arguments in locks.map { $0.lock(arguments) } }
            $0.recovery = recovery
            // Without the executable it is known for, nothing is taken back.
            guard hasUndo, let members = try? program.members else { return }
            $0.undoes = .undoes(of: JobProgramCheck.self)
            $0.undoArguments = members
        }
    }

    /// What runs, as whom, within which limits.
    private var program: JobProgram {
        JobProgram(
            name, executable: executable, user: user, limits: (limits.outputBytes, limits.memoryBytes))
    }

    /// The command that has it done. Before it goes, where it can be undone, one that has nothing to do: what takes that
    /// one back takes back whatever came of the other, also when that failed or was cut off.
    private func commands(_ context: JobContext, facts: Value) throws(JobError) -> [Command] {
        let parameters = parameters.map(\.parameter)
        let given = context.arguments.completed(for: parameters)
        let request = JobProgramRequest(
            program, parameters: given, cluster: facts, principal: context.principal.facts)
        let secrets = Set(parameters.filter(\.isSecret).map(\.name) + given.values.flatMap(\.secretKeys))
        func command(_ kind: some JobProgramCommand) throws(JobError) -> Command {
            var command = try Command(kind, on: context.cluster.ownNode, deadline: .seconds(limits.seconds))
            command.secrets = secrets
            return command
        }
        return (hasUndo ? [try command(JobProgramCheck(request))] : []) + [try command(JobProgramRun(request))]
    }
}

extension Principal {
    fileprivate var facts: Value {
        ["name": .string(name), "roles": .strings(roles.sorted())]
    }
}
