package import JobEngine
import Values

extension JobDefinition {
    /// `infra_worker_db_remove`: delete a worker cluster and its nodes, by the infrastructure provider.
    package static let infraWorkerDbRemove = JobDefinition.provided(
        "infra_worker_db_remove", noun: "infrastructure", summary: "Delete a worker cluster and its nodes.",
        mode: .modify,
        permission: .databases
    ).with {
        $0.mandatory = [Parameter("worker_db_name", .str, text: "Name of the worker cluster.")]
        $0.optional = [.offloadEnabled, .offloadForce, .offloadTimeout]
        $0.example = ["worker_db_name": "worker"]
    }
}
