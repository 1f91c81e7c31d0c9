import EXAConf
import JobEngine
import Values

/// What jobs ask of a database engine; the actions and their arguments are those of the node's agent.
extension JobContext {
    /// A command about a database, run on its first active node.
    ///
    /// - Parameters:
    ///   - options: What the verb needs beside the database itself.
    ///   - password: The password of the engine's user for a database that has none yet.
    /// - Throws: ``JobError`` for a database without a data volume here, or settings no engine is told of.
    func command(
        _ action: String, _ database: Database, in document: Document, options: [String: Value] = [:],
        password: String? = nil, undo: String? = nil, deadline: Duration = .seconds(3600)
    ) throws(JobError) -> Command {
        var arguments: [String: Value] = [
            "database": try database.request(in: document), "volume": .int(try database.volumeID(in: document)),
            "volume_name": .string(database.dataVolume ?? ""),
        ]
        if !options.isEmpty { arguments["options"] = .map(options) }
        if let hash = database.defaultSysPasswdHash, !hash.isEmpty {
            arguments["password_hash"] = .string(hash)
        } else if let password {
            arguments["password"] = .string(password)
        }
        return Command(
            action, on: database.nodes.first ?? cluster.ownNode, arguments, secrets: ["password", "password_hash"],
            undo: undo, check: Self.checks[action], deadline: deadline)
    }

    /// The command that looks at a database; without an answer in time its state is unknown.
    func look(_ action: String, _ database: Database, in document: Document) throws(JobError) -> Command {
        var command = try command(action, database, in: document, deadline: Self.longestLook)
        let reason = "Node \(command.node) gave no answer about database \(database.name) within 5 s."
        command.answerIfSilent = ["state": "unknown", "reason": .string(reason)]
        return command
    }

    /// How long nodes and engines are waited for by whoever looks.
    static let longestLook = Duration.seconds(5)

    /// What finds out, without touching anything, whether an action on a database would be refused.
    private static let checks = [
        "database.start": "database.may-start", "database.create": "database.may-create",
        "database.backup": "database.may-backup", "database.restore": "database.may-restore",
        "database.reset": "database.require-stopped", "database.delete": "database.require-stopped",
        "database.wish": "database.may-wish",
        "database.require-stopped": "database.require-stopped", "database.check": "database.check",
    ]

    /// Why a database cannot be asked what it does: its node is away; `nil` when it can.
    func absence(of database: Database) -> String? {
        guard let node = database.nodes.first, node != cluster.ownNode, cluster.booted[node] == nil else { return nil }
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
    func request(in document: Document) throws(JobError) -> Value {
        guard interfaces.isEmpty else {
            throw JobError(
                .unsupported, "Database \(name) is bound to network interfaces; engines here serve all addresses.")
        }
        return .members([
            "name": .string(name), "id": id.map(Value.string), "uuid": id.map(Value.string),
            "version": text("Version").map(Value.string),
            "port": .int(port), "memory_bytes": memory.map { .int($0.bytes) },
            "quota_bytes": quota.map { .int($0.bytes) },
            "addresses": .strings(addresses(in: document)), "active_nodes": .int(activeNodeCount),
            "params": .strings(parameters.split(separator: " ").map(String.init)),
        ])
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

extension Value {
    /// The member `state` of an engine's answer.
    var engineState: String { map?["state"]?.string ?? "stopped" }

    /// The same in the words of `db_state`.
    var databaseState: String {
        switch engineState {
        case "running": "running"
        case "starting": "startup"
        case "stopping": "shutdown"
        case "unknown": "unknown"
        default: "setup"
        }
    }
}
