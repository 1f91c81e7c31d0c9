package import JobEngine
import Values

extension JobDefinition {
    /// `infra_overview_get`: state of the cluster as the cloud sees it, by the infrastructure provider.
    package static let infraOverviewGet = JobDefinition.provided(
        "infra_overview_get", noun: "infrastructure", summary: "State of the cluster as the cloud sees it.",
        mode: .read,
        permission: .databases, isQuery: true
    )

    /// `infra_deployment_metadata_get`: metadata of the deployment, by the infrastructure provider.
    package static let infraDeploymentMetadataGet = JobDefinition.provided(
        "infra_deployment_metadata_get", noun: "infrastructure", summary: "Metadata of the deployment.", mode: .read,
        permission: .databases, isQuery: true
    )

    /// `infra_resources_update`: update the cloud resources that are no nodes, by the infrastructure provider.
    package static let infraResourcesUpdate = JobDefinition.provided(
        "infra_resources_update", noun: "infrastructure", summary: "Update the cloud resources that are no nodes.",
        mode: .read,
        permission: .databases
    ).with {
        $0.mandatory = [.nodePlatform]
        $0.optional = [.platformMetadata]
        $0.example = ["node_platform_config": [:]]
    }

    /// `infra_firewall_update`: change the firewall rules of the deployment, by the infrastructure provider.
    package static let infraFirewallUpdate = JobDefinition.provided(
        "infra_firewall_update", noun: "infrastructure", summary: "Change the firewall rules of the deployment.",
        mode: .read,
        permission: .databases
    ).with {
        $0.optional = [
            .firewallRules("egress_rules", "Rules for what goes out"),
            .firewallRules("ingress_rules", "Rules for what comes in"),
        ]
        $0.example = ["ingress_rules": [["CidrIp": "0.0.0.0/0", "FromPort": 22, "IpProtocol": "tcp", "ToPort": 22]]]
    }
}

extension Shape {
    /// One rule of a firewall, in the words of clouds.
    static let firewallRule = Shape.object(
        "FirewallRule", text: "What a firewall lets through.",
        members: [
            .has("CidrIp", .form(network, like: "10.0.0.0/8"), text: "The network at the other end."),
            .has("IpProtocol", .form("^[!-~]{1,60}$", like: "tcp"), text: "Such as tcp."),
            .has("FromPort", port, text: "The first port; -1 for all."),
            .has("ToPort", port, text: "The last port; -1 for all."),
        ])

    private static let port = Shape.within(-1...65_535)
    /// An IPv4 network: clouds have another member for those of IPv6.
    private static let network: String = {
        let byte = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
        return "^(\(byte)[.]){3}\(byte)/(3[0-2]|[12]?[0-9])$"
    }()
}
