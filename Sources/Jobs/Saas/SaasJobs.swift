package import JobEngine
import Values

extension JobDefinition {
    /// `saas_accounts_list`: accounts of the hosted service, by the infrastructure provider.
    package static let saasAccountsList = JobDefinition.provided(
        "saas_accounts_list", noun: "saas", summary: "Accounts of the hosted service.", mode: .read,
        permission: .administration, isQuery: true
    )

    /// `saas_cost_collect`: costs of the hosted service, by the infrastructure provider.
    package static let saasCostCollect = JobDefinition.provided(
        "saas_cost_collect", noun: "saas", summary: "Costs of the hosted service.", mode: .read,
        permission: .administration, isQuery: true
    )

    /// `saas_cost_collect_internal_aggregation`: costs of the hosted service, summed up, by the provider.
    package static let saasCostCollectInternalAggregation = JobDefinition.provided(
        "saas_cost_collect_internal_aggregation", noun: "saas", summary: "Costs of the hosted service, summed up.",
        mode: .read,
        permission: .administration, isQuery: true
    )

    /// `saas_cluster_list`: clusters of a database of the hosted service, by the infrastructure provider.
    package static let saasClusterList = JobDefinition.provided(
        "saas_cluster_list", noun: "saas", summary: "Clusters of a database of the hosted service.", mode: .read,
        permission: .administration, isQuery: true
    ).with {
        $0.mandatory = [.accountUUID, .databaseUUID]
        $0.example = ["account_uuid": "org_Z1", "db_uuid": "dbA"]
    }

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

    /// `saas_db_list`: databases of an account of the hosted service, by the infrastructure provider.
    package static let saasDbList = JobDefinition.provided(
        "saas_db_list", noun: "saas", summary: "Databases of an account of the hosted service.", mode: .read,
        permission: .administration, isQuery: true
    ).with {
        $0.mandatory = [.accountUUID]
        $0.example = ["account_uuid": "org_Z1"]
    }

    /// `saas_db_info`: details of a database of the hosted service, by the infrastructure provider.
    package static let saasDbInfo = JobDefinition.provided(
        "saas_db_info", noun: "saas", summary: "Details of a database of the hosted service.", mode: .read,
        permission: .administration, isQuery: true
    ).with {
        $0.mandatory = [.accountUUID, .databaseUUID]
        $0.example = ["account_uuid": "org_Z1", "db_uuid": "dbA"]
    }

    /// `saas_db_start`: start a database of the hosted service, by the infrastructure provider.
    package static let saasDbStart = JobDefinition.provided(
        "saas_db_start", noun: "saas", summary: "Start a database of the hosted service.", mode: .modify,
        permission: .administration
    ).with {
        $0.mandatory = [.accountUUID, .databaseUUID]
        $0.example = ["account_uuid": "org_Z1", "db_uuid": "dbA"]
    }

    /// `saas_db_stop`: stop a database of the hosted service, by the infrastructure provider.
    package static let saasDbStop = JobDefinition.provided(
        "saas_db_stop", noun: "saas", summary: "Stop a database of the hosted service.", mode: .modify,
        permission: .administration
    ).with {
        $0.mandatory = [.accountUUID, .databaseUUID]
        $0.example = ["account_uuid": "org_Z1", "db_uuid": "dbA"]
    }

    /// `saas_db_delete`: delete a database of the hosted service, by the infrastructure provider.
    package static let saasDbDelete = JobDefinition.provided(
        "saas_db_delete", noun: "saas", summary: "Delete a database of the hosted service.", mode: .modify,
        permission: .administration
    ).with {
        $0.mandatory = [.accountUUID, .databaseUUID]
        $0.example = ["account_uuid": "org_Z1", "db_uuid": "dbA"]
    }
}
