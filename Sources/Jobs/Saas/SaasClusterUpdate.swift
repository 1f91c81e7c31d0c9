package import JobEngine
import Values

extension JobDefinition {
    /// `saas_cluster_update`: change a cluster of a database of the hosted service, by the infrastructure provider.
    package static let saasClusterUpdate = JobDefinition.provided(
        "saas_cluster_update", noun: "saas", summary: "Change a cluster of a database of the hosted service.",
        mode: .modify,
        permission: .administration
    ).with {
        $0.mandatory = [
            .accountUUID,
            .clusterUUID,
            .databaseUUID,
            Parameter("status", .str, text: "What the cluster shall be from now on."),
        ]
        $0.example = ["account_uuid": "org_Z1", "cluster_uuid": "clA", "db_uuid": "dbA", "status": "stopped"]
    }
}
