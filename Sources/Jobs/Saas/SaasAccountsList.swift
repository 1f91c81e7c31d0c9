package import JobEngine

extension JobDefinition {
    /// `saas_accounts_list`: accounts of the hosted service, by the infrastructure provider.
    package static let saasAccountsList = JobDefinition.provided(
        "saas_accounts_list", noun: "saas", summary: "Accounts of the hosted service.", mode: .read,
        permission: .administration, isQuery: true
    )
}
