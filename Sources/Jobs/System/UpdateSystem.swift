package import JobEngine
import Values

extension JobDefinition {
    /// `update_system`: update the software of the cluster, by the infrastructure provider.
    package static let updateSystem = JobDefinition.provided(
        "update_system", noun: "system", summary: "Update the software of the cluster.", mode: .read,
        permission: .rootGroup
    ).with {
        $0.optional = [
            Parameter("tags", .bool, text: "Update all tags with packages of the artifact service."),
            Parameter("target", .str, text: "What to update to; the stream of the deployment when left out."),
        ]
        $0.example = ["tags": true]
    }
}
