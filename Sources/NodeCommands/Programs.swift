package import Values

/// Hands a job on infrastructure over to the provider.
package struct ProviderAsk: NodeCommand {
    /// What comes of it is the provider's affair, who knows a job it has seen.
    package static let traits: CommandTraits = .init("provider.ask", .lasting)

    /// Whatever the provider answers.
    package typealias Answer = Value

    /// The job's name.
    package let verb: String
    /// The job's, with the defaults of those that were left out.
    package let parameters: [String: Value]?
    /// Facts on the cluster, as docs/providers.md has them.
    package let cluster: Value?

    /// - Parameters:
    ///   - verb: The job's name.
    ///   - cluster: Facts, as docs/providers.md has them.
    package init(_ verb: String, parameters: [String: Value], cluster: Value) {
        self.verb = verb
        self.parameters = parameters
        self.cluster = cluster
    }
}

/// Starts an exporter that sends figures to a broker.
package struct MonitoringStart: NodeCommand {
    /// Taken back by ``MonitoringStop``.
    package static let traits: CommandTraits = .init(
        "monitoring.start", .undone(by: MonitoringStop.self), secrets: ["sasl_password"])

    /// Whatever the exporter answers.
    package typealias Answer = Value

    /// Host and port.
    package let broker: String
    /// What the cluster is called there.
    package let cluster: String
    /// Who logs in at the broker, and the password.
    package let user, password: String

    private enum CodingKeys: String, CodingKey {
        case broker
        case cluster = "cluster_id"
        case user = "sasl_user"
        case password = "sasl_password"
    }

    /// - Parameters:
    ///   - broker: Host and port.
    ///   - cluster: What the cluster is called there.
    package init(broker: String, cluster: String, user: String, password: String) {
        self.broker = broker
        self.cluster = cluster
        self.user = user
        self.password = password
    }
}

/// Ends the exporter.
package struct MonitoringStop: NodeCommand {
    /// Taken back by ``MonitoringResume``.
    package static let traits: CommandTraits = .init("monitoring.stop", .undone(by: MonitoringResume.self))

    /// Whatever the exporter answers.
    package typealias Answer = Value

    /// There is nothing to choose.
    package init() {}
}

/// Starts the exporter again, by what the configuration of the node says: ``MonitoringStop`` knows no password.
package struct MonitoringResume: NodeCommand {
    /// To take something back twice is the same.
    package static let traits: CommandTraits = .init("monitoring.resume", .lasting)

    /// Whatever the exporter answers; null where the configuration has no monitoring.
    package typealias Answer = Value
}

/// Has the executable of a folder of `jobs.d` do a job, as docs/plug-ins.md describes it.
package struct JobProgramRun: JobProgramCommand {
    /// ``JobProgramCheck``, which goes before it, is taken back for both.
    package static let traits: CommandTraits = .init("job.run", .lasting)

    /// Whatever the executable answers.
    package typealias Answer = Value

    /// What it is told.
    package let request: JobProgramRequest

    /// What it is told.
    package init(_ request: JobProgramRequest) { self.request = request }
}

/// Finds out whether the executable can be called at all.
package struct JobProgramCheck: JobProgramCommand {
    /// It does nothing, and is taken back by ``JobProgramUndo`` for ``JobProgramRun``, also when that was cut off.
    package static let traits: CommandTraits = .init("job.check", .undone(by: JobProgramUndo.self))

    /// What the other is told.
    package let request: JobProgramRequest

    /// What the other is told.
    package init(_ request: JobProgramRequest) { self.request = request }
}

/// Has the executable take back what it did.
package struct JobProgramUndo: JobProgramCommand {
    /// To take something back twice is the same.
    package static let traits: CommandTraits = .init("job.undo", .lasting)

    /// Whatever the executable answers.
    package typealias Answer = Value

    /// What was told before.
    package let request: JobProgramRequest

    /// What was told before.
    package init(_ request: JobProgramRequest) { self.request = request }
}

/// What is done with the executable of a job: its members are those of the request.
package protocol JobProgramCommand: NodeCommand {
    /// What the executable is told.
    var request: JobProgramRequest { get }
    /// What the executable is told.
    init(_ request: JobProgramRequest)
}

extension JobProgramCommand {
    /// Its members are those of the request.
    package init(from decoder: any Decoder) throws { self.init(try JobProgramRequest(from: decoder)) }

    /// Its members are those of the request.
    package func encode(to encoder: any Encoder) throws { try request.encode(to: encoder) }
}

/// What the executable of a job is told, and what it may use.
package struct JobProgramRequest: Codable, Sendable {
    /// The executable and its limits.
    package let program: JobProgram
    /// The job's, with the defaults of those that were left out.
    package let parameters: [String: Value]?
    /// Facts on the cluster, and who asked, as docs/plug-ins.md has them.
    package let cluster, principal: Value?

    private enum CodingKeys: CodingKey { case parameters, cluster, principal }

    /// - Parameter cluster: Facts on the cluster; as those on who asked, they are as docs/plug-ins.md has them.
    package init(_ program: JobProgram, parameters: [String: Value], cluster: Value, principal: Value) {
        self.program = program
        self.parameters = parameters
        self.cluster = cluster
        self.principal = principal
    }

    /// The members of the program stand among its own.
    package init(from decoder: any Decoder) throws {
        program = try JobProgram(from: decoder)
        let members = try decoder.container(keyedBy: CodingKeys.self)
        parameters = try members.decodeIfPresent([String: Value].self, forKey: .parameters)
        cluster = try members.decodeIfPresent(Value.self, forKey: .cluster)
        principal = try members.decodeIfPresent(Value.self, forKey: .principal)
    }

    /// The members of the program stand among its own.
    package func encode(to encoder: any Encoder) throws {
        try program.encode(to: encoder)
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encodeIfPresent(parameters, forKey: .parameters)
        try members.encodeIfPresent(cluster, forKey: .cluster)
        try members.encodeIfPresent(principal, forKey: .principal)
    }
}

/// The executable of a job: what runs, as whom, within which limits.
package struct JobProgram: Codable, Sendable, Hashable {
    /// The folder of `jobs.d`, which is the job's name, and the file in it.
    package let name, executable: String
    // Records show null for the daemon's own account.
    /// The account it runs as; nothing and null both stand for the daemon's own.
    package let user: String??
    /// Limits in bytes; without one, those of other executables count.
    package let outputBytes, memoryBytes: Int?

    private enum CodingKeys: String, CodingKey {
        case name, executable, user
        case outputBytes = "output_bytes"
        case memoryBytes = "memory_bytes"
    }

    /// - Parameters:
    ///   - name: The folder of `jobs.d`.
    ///   - user: The account it runs as; `nil` for the daemon's own.
    ///   - limits: In bytes.
    package init(_ name: String, executable: String, user: String?, limits: (output: Int, memory: Int)) {
        self.name = name
        self.executable = executable
        self.user = .some(user)
        (outputBytes, memoryBytes) = limits
    }

    /// What is never taken from the store, by name as commands have it.
    ///
    /// - Throws: `EncodingError`, which no such program leads to.
    package var members: [String: Value] {
        get throws { try Value(encoding: self).map ?? [:] }
    }
}
