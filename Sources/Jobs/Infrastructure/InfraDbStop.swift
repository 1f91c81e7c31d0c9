package import JobEngine
import Values

extension JobDefinition {
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
}
