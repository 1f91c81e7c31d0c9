package import JobEngine
import Values

extension JobDefinition {
    /// `saas_db_stop`: stop a database of the hosted service, by the infrastructure provider.
    package static let saasDbStop = JobDefinition.provided(
        "saas_db_stop", noun: "saas", summary: "Stop a database of the hosted service.", mode: .modify,
        permission: .administration
    ).with {
        $0.mandatory = [.accountUUID, .databaseUUID]
        $0.example = ["account_uuid": "org_Z1", "db_uuid": "dbA"]
    }
}
