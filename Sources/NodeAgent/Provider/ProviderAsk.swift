import JobEngine
import NodeCommands
import Values

extension CommandHandler {
    /// What a node can do with the infrastructure it runs on.
    package static func infrastructure(_ provider: ContractProgram) -> [CommandHandler] {
        [
            CommandHandler(ProviderAsk.self) { (command, call) async throws(ActionError) in
                // It is told the job too, so that it knows a request it has seen.
                try await provider.run(
                    command.verb,
                    with: [
                        "contract": 1, "verb": .string(command.verb), "job": .string(call.job.description),
                        "parameters": .map(command.parameters ?? [:]), "cluster": command.cluster ?? [:],
                    ], within: call)
            }
        ]
    }
}
