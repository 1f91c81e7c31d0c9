package import JobEngine

extension JobDefinition {
    /// `saas_cost_collect_internal_aggregation`: costs of the hosted service, summed up, by the provider.
    package static let saasCostCollectInternalAggregation = JobDefinition.provided(
        "saas_cost_collect_internal_aggregation", noun: "saas", summary: "Costs of the hosted service, summed up.",
        mode: .read,
        permission: .administration, isQuery: true
    )
}
