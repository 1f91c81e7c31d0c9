package import JobEngine
import Values

extension JobDefinition {
    /// `infra_instances_add`: nodes after the pattern of an existing one, by the infrastructure provider.
    package static let infraInstancesAdd = JobDefinition.provided(
        "infra_instances_add", noun: "infrastructure",
        summary: "Add nodes to the cluster after the pattern of an existing one.", mode: .modify,
        permission: .databases
    ).with {
        $0.mandatory = [
            Parameter("nid", .int, text: "Node that serves as the model."),
            Parameter("num_nodes", .int, text: "How many nodes to create.", range: 1...1000),
        ]
        $0.optional = [
            .cloudZone,
            .newDisks,
            Parameter("is_workernode", .bool, text: "Whether the nodes belong to another cluster than MAIN."),
            .platformMetadata,
            .nodePlatform,
            .providerTimeout,
        ]
        $0.example = ["nid": 11, "num_nodes": 1]
    }

    /// `infra_instances_update`: nodes in line with a configuration of the platform, by the infrastructure provider.
    package static let infraInstancesUpdate = JobDefinition.provided(
        "infra_instances_update", noun: "infrastructure",
        summary: "Bring nodes in line with a configuration of the platform.", mode: .read,
        permission: .databases
    ).with {
        $0.mandatory = [.givenNodeIDs, .nodePlatform]
        $0.optional = [.platformMetadata]
        $0.example = ["nids": [11], "node_platform_config": [:]]
    }

    /// `infra_instances_start`: start nodes that exist, by the infrastructure provider.
    package static let infraInstancesStart = JobDefinition.provided(
        "infra_instances_start", noun: "infrastructure", summary: "Start nodes that exist.", mode: .read,
        permission: .databases
    ).with {
        $0.mandatory = [.givenNodeIDs]
        $0.example = ["nids": [11, 12]]
    }

    /// `infra_instances_stop`: stop nodes that exist, by the infrastructure provider.
    package static let infraInstancesStop = JobDefinition.provided(
        "infra_instances_stop", noun: "infrastructure", summary: "Stop nodes that exist.", mode: .read,
        permission: .databases
    ).with {
        $0.mandatory = [.givenNodeIDs]
        $0.optional = [.providerTimeout]
        $0.example = ["nids": [11, 12], "timeout": 2000]
    }

    /// `infra_instances_remove`: remove nodes from the cluster and from the cloud, by the infrastructure provider.
    package static let infraInstancesRemove = JobDefinition.provided(
        "infra_instances_remove", noun: "infrastructure", summary: "Remove nodes from the cluster and from the cloud.",
        mode: .modify,
        permission: .databases
    ).with {
        $0.mandatory = [.givenNodeIDs]
        $0.optional = [.platformMetadata, .providerTimeout]
        $0.example = ["nids": [11, 12], "timeout": 2000]
    }
}
