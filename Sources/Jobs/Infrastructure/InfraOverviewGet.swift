package import JobEngine

extension JobDefinition {
    /// `infra_overview_get`: state of the cluster as the cloud sees it, by the infrastructure provider.
    package static let infraOverviewGet = JobDefinition.provided(
        "infra_overview_get", noun: "infrastructure", summary: "State of the cluster as the cloud sees it.",
        mode: .read,
        permission: .databases, isQuery: true
    )
}
