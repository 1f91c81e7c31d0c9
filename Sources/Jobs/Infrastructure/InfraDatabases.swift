package import JobEngine
import Values

extension JobDefinition {
    /// `infra_db_start`: start a database together with its nodes, by the infrastructure provider.
    package static let infraDbStart = JobDefinition.provided(
        "infra_db_start", noun: "infrastructure", summary: "Start a database together with its nodes.", mode: .read,
        permission: .databases
    ).with {
        $0.mandatory = [.databaseName]
        $0.example = ["db_name": "DB1"]
    }

    /// `infra_db_stop`: stop a database and shut its nodes down, by the infrastructure provider.
    package static let infraDbStop = JobDefinition.provided(
        "infra_db_stop", noun: "infrastructure", summary: "Stop a database and shut its nodes down.", mode: .read,
        permission: .databases
    ).with {
        $0.mandatory = [.databaseName]
        $0.optional = [
            Parameter("logtimeout", .int, text: "Seconds the nodes may take to rotate their logs.", default: 180),
            .offloadEnabled,
            .offloadForce,
            .offloadTimeout,
        ]
        $0.example = ["db_name": "DB1"]
    }

    /// `infra_db_scale`: change the instance type of the nodes of a database, by the infrastructure provider.
    package static let infraDbScale = JobDefinition.provided(
        "infra_db_scale", noun: "infrastructure", summary: "Change the instance type of the nodes of a database.",
        mode: .modify,
        permission: .databases
    ).with {
        $0.mandatory = [.databaseName, .instanceType]
        $0.optional = [.offloadEnabled, .offloadForce, .offloadTimeout]
        $0.example = ["db_name": "DB1", "instance_type": "r5d.xlarge"]
    }

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
