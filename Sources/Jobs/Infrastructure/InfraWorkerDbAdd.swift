package import JobEngine
import Values

extension JobDefinition {
    /// `infra_worker_db_add`: create a worker cluster with the nodes it needs, by the infrastructure provider.
    package static let infraWorkerDbAdd = JobDefinition.provided(
        "infra_worker_db_add", noun: "infrastructure", summary: "Create a worker cluster with the nodes it needs.",
        mode: .modify,
        permission: .databases
    ).with {
        $0.mandatory = [
            .instanceType,
            Parameter("master_db_name", .str, text: "Name of the main cluster."),
            Parameter("new_worker_db_name", .str, text: "Name for the worker cluster."),
        ]
        $0.optional = [
            .cloudZone,
            Parameter("db_params", .str, text: "Start parameters with blanks between, each -name=value."),
            .platformMetadata,
            Parameter("port", .int, text: "Client port.", default: 8563),
        ]
        $0.example = ["instance_type": "r5d.large", "master_db_name": "main", "new_worker_db_name": "worker"]
    }
}
