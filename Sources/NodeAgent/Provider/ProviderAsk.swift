import JobEngine
import Values

/// `provider.ask`: hands a job on infrastructure (`verb`, its `parameters` and facts on the `cluster`) to the provider.
struct ProviderAsk: NodeAction {
    static let name = "provider.ask"
    let provider: ContractProgram

    /// Answers what the provider answers; it is told the job too, so that it knows a request it has seen.
    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let verb = try call.text("verb")
        return try await provider.run(
            verb,
            [
                "contract": 1, "verb": .string(verb), "job": .string(call.job.description),
                "parameters": call.arguments["parameters"] ?? [:], "cluster": call.arguments["cluster"] ?? [:],
            ], call)
    }
}

extension NodeActions {
    /// What a node can do with the infrastructure it runs on.
    package static func infrastructure(_ provider: ContractProgram) -> [any NodeAction] {
        [ProviderAsk(provider: provider)]
    }
}
