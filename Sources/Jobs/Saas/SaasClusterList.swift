package import JobEngine
import Values

extension JobDefinition {
    /// `saas_cluster_list`: clusters of a database of the hosted service, by the infrastructure provider.
    package static let saasClusterList = JobDefinition.provided(
        "saas_cluster_list", noun: "saas", summary: "Clusters of a database of the hosted service.", mode: .read,
        permission: .administration, isQuery: true
    ).with {
        $0.mandatory = [.accountUUID, .databaseUUID]
        $0.example = ["account_uuid": "org_Z1", "db_uuid": "dbA"]
    }
}
