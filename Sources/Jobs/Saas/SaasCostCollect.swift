package import JobEngine

extension JobDefinition {
    /// `saas_cost_collect`: costs of the hosted service, by the infrastructure provider.
    package static let saasCostCollect = JobDefinition.provided(
        "saas_cost_collect", noun: "saas", summary: "Costs of the hosted service.", mode: .read,
        permission: .administration, isQuery: true
    )
}
