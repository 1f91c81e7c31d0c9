package import JobEngine
import Values

extension JobDefinition {
    /// `infra_instances_remove`: remove nodes from the cluster and from the cloud, by the infrastructure provider.
    package static let infraInstancesRemove = JobDefinition.provided(
        "infra_instances_remove", noun: "infrastructure", summary: "Remove nodes from the cluster and from the cloud.",
        mode: .modify,
        permission: .databases
    ).with {
        $0.mandatory = [.givenNodeIDs]
        $0.optional = [.platformMetadata, .providerTimeout]
        $0.example = ["nids": [11, 12], "timeout": 2000]
    }
}
