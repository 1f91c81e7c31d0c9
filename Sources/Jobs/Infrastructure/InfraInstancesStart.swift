package import JobEngine
import Values

extension JobDefinition {
    /// `infra_instances_start`: start nodes that exist, by the infrastructure provider.
    package static let infraInstancesStart = JobDefinition.provided(
        "infra_instances_start", noun: "infrastructure", summary: "Start nodes that exist.", mode: .read,
        permission: .databases
    ).with {
        $0.mandatory = [.givenNodeIDs]
        $0.example = ["nids": [11, 12]]
    }
}
