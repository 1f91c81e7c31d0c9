import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `monitoring_stop`: ends the exporter on every node that can be reached and removes the section `[Monitoring]`.
    package static let monitoringStop = JobDefinition(
        name: "monitoring_stop", noun: "monitoring", summary: "Send no more figures of the cluster.", mode: .modify,
        permission: .databases, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            guard document.removeSection(MonitoringSettings.section) else {
                throw JobError(.objectMissing, "Monitoring is not configured: monitoring_start does that.")
            }
            return Plan(
                commands: try context.reachableNodes.map { (node) throws(JobError) in
                    try Command(MonitoringStop(), on: node, deadline: .seconds(120))
                })
        }
    ).with {
        $0.locks = { _ in [.exclusive("monitoring")] }
        $0.undoes = .undoes(of: MonitoringStop.self)
    }
}
