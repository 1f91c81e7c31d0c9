package import JobEngine
import Values

extension JobDefinition {
    /// `saas_db_list`: databases of an account of the hosted service, by the infrastructure provider.
    package static let saasDbList = JobDefinition.provided(
        "saas_db_list", noun: "saas", summary: "Databases of an account of the hosted service.", mode: .read,
        permission: .administration, isQuery: true
    ).with {
        $0.mandatory = [.accountUUID]
        $0.example = ["account_uuid": "org_Z1"]
    }
}
