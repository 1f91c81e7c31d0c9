package import JobEngine
import Values

extension JobDefinition {
    /// `infra_instances_update`: nodes in line with a configuration of the platform, by the infrastructure provider.
    package static let infraInstancesUpdate = JobDefinition.provided(
        "infra_instances_update", noun: "infrastructure",
        summary: "Bring nodes in line with a configuration of the platform.", mode: .read,
        permission: .databases
    ).with {
        $0.mandatory = [.givenNodeIDs, .nodePlatform]
        $0.optional = [.platformMetadata]
        $0.example = ["nids": [11], "node_platform_config": [:]]
    }
}
