package import JobEngine
import Values

extension JobDefinition {
    /// `saas_db_info`: details of a database of the hosted service, by the infrastructure provider.
    package static let saasDbInfo = JobDefinition.provided(
        "saas_db_info", noun: "saas", summary: "Details of a database of the hosted service.", mode: .read,
        permission: .administration, isQuery: true
    ).with {
        $0.mandatory = [.accountUUID, .databaseUUID]
        $0.example = ["account_uuid": "org_Z1", "db_uuid": "dbA"]
    }
}
