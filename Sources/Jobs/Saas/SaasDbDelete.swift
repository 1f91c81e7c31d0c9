package import JobEngine
import Values

extension JobDefinition {
    /// `saas_db_delete`: delete a database of the hosted service, by the infrastructure provider.
    package static let saasDbDelete = JobDefinition.provided(
        "saas_db_delete", noun: "saas", summary: "Delete a database of the hosted service.", mode: .modify,
        permission: .administration
    ).with {
        $0.mandatory = [.accountUUID, .databaseUUID]
        $0.example = ["account_uuid": "org_Z1", "db_uuid": "dbA"]
    }
}
