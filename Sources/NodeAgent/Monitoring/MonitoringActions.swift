import EXAConf
import JobEngine
import NodeCommands
import Values

extension CommandHandler {
    /// What a node can do about being watched; one line for each.
    package static func monitoring(_ exporter: ContractProgram) -> [CommandHandler] {
        [
            CommandHandler(MonitoringStart.self) { (command, call) async throws(ActionError) in
                try await exporter.start(command, call)
            },
            CommandHandler(MonitoringStop.self) { (_, call) async throws(ActionError) in
                try await exporter.stop(call)
            },
            CommandHandler(MonitoringResume.self) { (_, call) async throws(ActionError) in
                guard let start = try MonitoringStart(installedBy: call) else { return .null }
                return try await exporter.start(start, call)
            },
        ]
    }
}

extension MonitoringStart {
    /// What the section `[Monitoring]` of this node's file says; `nil` without one.
    fileprivate init?(installedBy call: ActionCall) throws(ActionError) {
        let bytes = try ActionError.reporting { () throws(InstallError) in
            try call.files.read(call.root.configuration)
        }
        guard let document = bytes.flatMap({ try? Document(parsing: $0) }) else { return nil }
        self.init(document)
    }

    /// What the section `[Monitoring]` says; `nil` without one.
    init?(_ document: Document) {
        guard let settings = document.section(at: ["Monitoring"]) else { return nil }
        self.init(
            broker: settings["Broker"] ?? "", cluster: settings["ClusterID"] ?? "", user: settings["SASLUser"] ?? "",
            password: EncodedPassword.plain(settings["SASLPasswd"] ?? "") ?? "")
    }
}

extension ContractProgram {
    /// Has the exporter send figures by these settings; one that runs already takes them anew.
    func start(_ command: MonitoringStart, _ call: ActionCall) async throws(ActionError) -> Value {
        let record = MonitoringRecord(call.root, call.files)
        let former = try ActionError.reporting { () throws(InstallError) in try record.content }
        try ActionError.reporting { () throws(InstallError) in try record.begin() }
        do throws(ActionError) {
            let answer = try await run(
                "start",
                with: [
                    "contract": 1, "verb": "start", "broker": .string(command.broker),
                    "cluster_id": .string(command.cluster), "sasl_user": .string(command.user),
                    "secrets": ["sasl_password": .string(command.password)], "paths": call.exporterPaths,
                ], within: call)
            try ActionError.reporting { () throws(InstallError) in try record.keep(command) }
            return answer
        } catch {
            // It was told nothing.
            if case .refused = error {
                try ActionError.reporting { () throws(InstallError) in try record.bring(back: former) }
            }
            throw error
        }
    }

    /// Has the exporter end; none that runs is fine.
    func stop(_ call: ActionCall) async throws(ActionError) -> Value {
        let answer = try await run(
            "stop", with: ["contract": 1, "verb": "stop", "paths": call.exporterPaths], within: call)
        try ActionError.reporting { () throws(InstallError) in try MonitoringRecord(call.root, call.files).drop() }
        return answer
    }
}

extension ActionCall {
    /// Where an exporter keeps what it knows of itself, and its logs.
    fileprivate var exporterPaths: Value {
        ["run": .string(root.spool + "/monitoring"), "logs": .string(root.logs + "/monitoring")]
    }
}
