import Access
import EXAConf
package import JobEngine
import Values

extension JobManifest {
    /// The job, to stand in the catalogue beside those of the daemon.
    package var definition: JobDefinition {
        JobDefinition(
            name: name, noun: noun, summary: summary, mode: mode, permission: permission, result: result,
            work: .act { (context, document) throws(JobError) in
                Plan(commands: commands(context, facts: document.facts(in: context.cluster))) {
                    (answers) throws(JobError) in
                    answers.last?.unlessNull
                }
            }
        ).with {
            $0.help = help
            $0.mandatory = parameters.filter(\.isMandatory).map(\.parameter)
            $0.optional = parameters.filter { !$0.isMandatory }.map(\.parameter)
            $0.substitutes = substitutes
            $0.takesKeys = true
            $0.secretResults = secretResults
            $0.example = example
            let locks = locks
            $0.locks = { arguments in locks.map { $0.lock(arguments) } }
            $0.recovery = recovery
            if hasUndo { $0.undoes = ["job.check": "job.undo"] }
            $0.undoArguments = program
        }
    }

    /// What runs, as whom, within which limits.
    private var program: [String: Value] {
        [
            "name": .string(name), "executable": .string(executable), "user": user.map(Value.string) ?? .null,
            "output_bytes": .int(limits.outputBytes), "memory_bytes": .int(limits.memoryBytes),
        ]
    }

    /// The command that has it done. Before it goes, where it can be undone, one that has nothing to do: what takes that
    /// one back takes back whatever came of the other, also when that failed or was cut off.
    private func commands(_ context: JobContext, facts: Value) -> [Command] {
        let parameters = parameters.map(\.parameter)
        let given = context.arguments.completed(for: parameters)
        let arguments = program.merging([
            "parameters": .map(given), "cluster": facts, "principal": context.principal.facts,
        ]) { $1 }
        let secrets = Set(parameters.filter(\.isSecret).map(\.name) + given.values.flatMap(\.secretKeys))
        func command(_ action: String, undo: String? = nil) -> Command {
            Command(
                action, on: context.cluster.ownNode, arguments, secrets: secrets, undo: undo,
                deadline: .seconds(limits.seconds))
        }
        return (hasUndo ? [command("job.check", undo: "job.undo")] : []) + [command("job.run")]
    }
}

extension Principal {
    fileprivate var facts: Value {
        ["name": .string(name), "roles": .strings(roles.sorted())]
    }
}
