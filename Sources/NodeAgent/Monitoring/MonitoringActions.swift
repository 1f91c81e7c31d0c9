import EXAConf
import JobEngine
import Values

/// `monitoring.start`: an exporter that sends figures to a broker (`broker`, `cluster_id`, `sasl_user` and
/// `sasl_password`).
struct MonitoringStart: NodeAction {
    static let name = "monitoring.start"
    let exporter: ContractProgram

    /// Answers what the exporter answers.
    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        try await exporter.start(
            broker: call.text("broker"), cluster: call.text("cluster_id"), user: call.text("sasl_user"),
            password: call.text("sasl_password"), call)
    }
}

/// `monitoring.stop`: the exporter ends; also takes ``MonitoringStart`` back.
struct MonitoringStop: NodeAction {
    static let name = "monitoring.stop"
    let exporter: ContractProgram

    /// Answers what the exporter answers.
    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        try await exporter.run("stop", ["contract": 1, "verb": "stop", "paths": call.exporterPaths], call)
    }
}

/// `monitoring.resume`: takes ``MonitoringStop`` back, by what the section `[Monitoring]` of this node's file says.
struct MonitoringResume: NodeAction {
    static let name = "monitoring.resume"
    let exporter: ContractProgram

    /// Answers what the exporter answers; null where the configuration has no monitoring.
    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        guard let settings = try installed(call) else { return .null }
        let password = EncodedPassword.plain(settings["SASLPasswd"] ?? "")
        return try await exporter.start(
            broker: settings["Broker"] ?? "", cluster: settings["ClusterID"] ?? "", user: settings["SASLUser"] ?? "",
            password: password ?? "", call)
    }

    private func installed(_ call: ActionCall) throws(ActionError) -> Section? {
        let bytes = try ActionError.reporting { () throws(InstallError) in
            try call.files.read(call.root.configuration)
        }
        return bytes.flatMap { try? Document(parsing: $0) }?.section(at: ["Monitoring"])
    }
}

extension ContractProgram {
    fileprivate func start(
        broker: String, cluster: String, user: String, password: String, _ call: ActionCall
    ) async throws(ActionError) -> Value {
        try await run(
            "start",
            [
                "contract": 1, "verb": "start", "broker": .string(broker), "cluster_id": .string(cluster),
                "sasl_user": .string(user), "secrets": ["sasl_password": .string(password)],
                "paths": call.exporterPaths,
            ], call)
    }
}

extension ActionCall {
    /// Where an exporter keeps what it knows of itself, and its logs.
    fileprivate var exporterPaths: Value {
        ["run": .string(root.spool + "/monitoring"), "logs": .string(root.logs + "/monitoring")]
    }
}

extension NodeActions {
    /// What a node can do about being watched; one line for each.
    package static func monitoring(_ exporter: ContractProgram) -> [any NodeAction] {
        [
            MonitoringStart(exporter: exporter),
            MonitoringStop(exporter: exporter),
            MonitoringResume(exporter: exporter),
        ]
    }
}
