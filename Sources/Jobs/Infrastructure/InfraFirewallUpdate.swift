package import JobEngine
import Values

extension JobDefinition {
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
