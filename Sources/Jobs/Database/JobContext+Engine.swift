import EXAConf
import JobEngine
import NodeCommands
import Values

/// What jobs ask of a database engine.
extension JobContext {
    /// A command about a database, run on the node it lives on.
    ///
    /// - Parameters:
    ///   - options: What the verb needs beside the database itself.
    ///   - password: The password of the engine's user for a database that has none yet.
    ///   - isTakenBack: Whether its effect goes when the job fails later.
    /// - Throws: ``JobError`` for a database without a data volume here, settings no engine is told of, or a node that is away:
    ///   the data lie there and nowhere else, so that no other one could do it.
    func command(
        _ task: some DatabaseTask, for database: Database, in document: Document, options: DatabaseOptions? = nil,
        password: String? = nil, isTakenBack: Bool = false, deadline: Duration = .seconds(3600)
    ) throws(JobError) -> Command {
        if cluster.isElected, let node = database.nodes.first, !cluster.isReachable(node) {
            throw JobError(
                .objectBusy,
                "Node \(node) (\(document.node(id: node)?.name ?? "n\(node)")) is away, and the data of database "
                    + "\(database.name) are there.", details: ["nodes": [.int(node)]])
        }
        return try anyCommand(
            task, for: database, in: document, options: options, password: password, isTakenBack: isTakenBack,
            deadline: deadline)
    }

    /// The same, wherever its node is.
    private func anyCommand(
        _ task: some DatabaseTask, for database: Database, in document: Document, options: DatabaseOptions? = nil,
        password: String? = nil, isTakenBack: Bool = false, deadline: Duration
    ) throws(JobError) -> Command {
        var target = DatabaseTarget(
            try database.description(in: document), volume: try database.volumeID(in: document),
            volumeName: database.dataVolume ?? "")
        target.options = options
        if let hash = database.defaultSysPasswdHash, !hash.isEmpty {
            target.passwordHash = hash
        } else {
            target.password = password
        }
        return try Command(
            OnDatabase(task, for: target), on: home(of: database), isTakenBack: isTakenBack, deadline: deadline)
    }

    /// The node a database lives on, the first of its list: its data and its server are there and nowhere else.
    func home(of database: Database) -> Int { database.nodes.first ?? cluster.ownNode }

    /// The command that looks at a database; without an answer in time its state is unknown.
    func look(_ task: some DatabaseTask, at database: Database, in document: Document) throws(JobError) -> Command {
        var command = try anyCommand(task, for: database, in: document, deadline: Self.longestLook)
        let reason = "Node \(command.node) gave no answer about database \(database.name) within 5 s."
        command.answerIfSilent = DatabaseAnswer(unknownBecause: reason).value
        return command
    }

    /// How long nodes and engines are waited for by whoever looks.
    static let longestLook = Duration.seconds(5)

    /// Why a database cannot be asked what it does: its node is away; `nil` when it can.
    func absence(of database: Database) -> String? {
        guard let node = database.nodes.first, !cluster.isReachable(node) else { return nil }
        let name = document.node(id: node)?.name ?? "n\(node)"
        return "Node \(node) (\(name)) cannot be reached, so what database \(database.name) does is not known."
    }

    /// A password nobody has had before.
    func newPassword() -> String {
        var random = random
        let letters = Array("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
        return String((0..<20).compactMap { _ in letters.randomElement(using: &random) })
    }
}

extension Database {
    /// The database as the engine contract describes it.
    func description(in document: Document) throws(JobError) -> DatabaseDescription {
        guard interfaces.isEmpty else {
            throw JobError(
                .unsupported, "Database \(name) is bound to network interfaces; engines here serve all addresses.")
        }
        var description = DatabaseDescription(name)
        (description.id, description.uuid) = (id, id)
        (description.version, description.port) = (text("Version"), port)
        (description.memoryBytes, description.quotaBytes) = (memory?.bytes, quota?.bytes)
        (description.addresses, description.activeNodes) = (addresses(in: document), activeNodeCount)
        description.parameters = parameters.split(separator: " ").map(String.init)
        return description
    }

    /// The id of its data volume, in which its files are.
    func volumeID(in document: Document) throws(JobError) -> Int {
        guard let volume = dataVolume, let id = document.volumeIDs[volume] else {
            throw JobError(
                .unsupported, "Database \(name) has no local data volume; databases in object volumes cannot run here.")
        }
        return id
    }

    /// Where clients reach it: everywhere, but for a cluster that lives on one machine and talks to itself only.
    private func addresses(in document: Document) -> [String] {
        let own = nodes.prefix(max(1, activeNodeCount)).compactMap { document.node(id: $0)?.privateNet?.address }
        return own.allSatisfy { $0.hasPrefix("127.") } ? own : []
    }
}

extension Lock {
    /// The life of one database: starting, stopping, copying, changing.
    static func database(_ name: String) -> Lock { .exclusive("db:\(name)") }
}

extension JobDefinition {
    /// The lock on the database the parameter `db_name` names.
    static let databaseLock: @Sendable (Arguments) -> [Lock] = { arguments in
        arguments.string("db_name").map { [.database($0)] } ?? []
    }
}

extension DatabaseAnswer {
    /// The state in the words of `db_state`.
    var databaseState: String {
        switch state {
        case "running": "running"
        case "starting": "startup"
        case "stopping": "shutdown"
        case "unknown": "unknown"
        default: "setup"
        }
    }
}
