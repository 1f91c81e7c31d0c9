import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `monitoring_start`: adds the section `[Monitoring]` and starts the exporter on every node that can be reached.
    package static let monitoringStart = JobDefinition(
        name: "monitoring_start", noun: "monitoring", summary: "Send figures of the cluster to a broker.",
        mode: .modify, permission: .databases, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let settings = try MonitoringSettings(context.arguments)
            guard !document.contains(MonitoringSettings.section) else {
                throw JobError(
                    .objectExists, "Monitoring is configured already: end it with monitoring_stop before you change it."
                )
            }
            try settings.add(to: &document)
            return Plan(
                commands: try context.reachableNodes.map { (node) throws(JobError) in
                    try Command(settings.command, on: node, deadline: .seconds(120))
                }.sideBySide)
        }
    ).with {
        $0.help = """
            The exporter is the executable the setting `monitoring.path` names; without one the job is declined and \
            the configuration stays as it is.
            """
        $0.mandatory = [
            Parameter("broker", .str, text: "Kafka broker, host:port."),
            Parameter("cluster_id", .str, text: "What this cluster is called there."),
            Parameter("sasl_password", .str, text: "Password for the broker.", secret: true),
            Parameter("sasl_user", .str, text: "User for the broker."),
        ]
        $0.locks = { _ in [.exclusive("monitoring")] }
        $0.undoes = .undoes(of: MonitoringStart.self)
        $0.example = [
            "broker": "broker.example.com:9090", "cluster_id": "98f267a3", "sasl_password": "<password>",
            "sasl_user": "name",
        ]
    }

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
                }.sideBySide)
        }
    ).with {
        $0.locks = { _ in [.exclusive("monitoring")] }
        $0.undoes = .undoes(of: MonitoringStop.self)
    }
}
