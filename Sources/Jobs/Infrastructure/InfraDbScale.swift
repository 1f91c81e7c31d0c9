package import JobEngine
import Values

extension JobDefinition {
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
}
