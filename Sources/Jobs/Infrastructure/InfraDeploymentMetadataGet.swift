package import JobEngine

extension JobDefinition {
    /// `infra_deployment_metadata_get`: metadata of the deployment, by the infrastructure provider.
    package static let infraDeploymentMetadataGet = JobDefinition.provided(
        "infra_deployment_metadata_get", noun: "infrastructure", summary: "Metadata of the deployment.", mode: .read,
        permission: .databases, isQuery: true
    )
}
