package import JobEngine
import Values

extension JobDefinition {
    /// `infra_resources_update`: update the cloud resources that are no nodes, by the infrastructure provider.
    package static let infraResourcesUpdate = JobDefinition.provided(
        "infra_resources_update", noun: "infrastructure", summary: "Update the cloud resources that are no nodes.",
        mode: .read,
        permission: .databases
    ).with {
        $0.mandatory = [.nodePlatform]
        $0.optional = [.platformMetadata]
        $0.example = ["node_platform_config": [:]]
    }
}
