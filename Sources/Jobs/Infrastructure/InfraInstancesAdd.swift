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
}
