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
}
