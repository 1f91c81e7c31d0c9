package import JobEngine
import Values

extension JobDefinition {
    /// `infra_instances_stop`: stop nodes that exist, by the infrastructure provider.
    package static let infraInstancesStop = JobDefinition.provided(
        "infra_instances_stop", noun: "infrastructure", summary: "Stop nodes that exist.", mode: .read,
        permission: .databases
    ).with {
        $0.mandatory = [.givenNodeIDs]
        $0.optional = [.providerTimeout]
        $0.example = ["nids": [11, 12], "timeout": 2000]
    }
}
