import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `db_list`: names of the databases, in the order of the file.
    package static let dbList = JobDefinition(
        name: "db_list", noun: "database", summary: "Names of all databases.", mode: .read,
        permission: .databasesAndUsers, result: "List of names.",
        work: .answer { (context) throws(JobError) in .strings(context.document.databases.map(\.name)) }
    ).with { $0.answer = .names }

    /// `db_state`: what a database is doing.
    package static let dbState = JobDefinition(
        name: "db_state", noun: "database", summary: "State of a database.", mode: .read, permission: .databases,
        result: "One of running, setup (offline), startup, shutdown; unknown while its node cannot be reached.",
        work: .look { (context) throws(JobError) in
            let document = context.document
            let database = try document.given(database: context.arguments.required("db_name"))
            guard context.absence(of: database) == nil else {
                return Plan { (_) throws(JobError) in "unknown" }
            }
            let command = try context.look(DatabaseState(), at: database, in: document)
            return Plan(commands: [command]) { (answers) throws(JobError) in
                .string(try OnDatabase<DatabaseState>.answer(answers.first).databaseState)
            }
        }
    ).with {
        $0.answer = .databaseState
        $0.mandatory = [.databaseName]
        $0.recovery = .restart
        $0.example = ["db_name": "exa_db"]
    }

    /// `db_info`: one database: state, nodes by name, volumes with their true sizes, quota in GiB, and its configuration.
    package static let dbInfo = JobDefinition(
        name: "db_info", noun: "database", summary: "Main properties and volume usage of a database.", mode: .read,
        permission: .databases, result: "Dict; some of its keys have blanks. `config` holds what is configured.",
        work: .look { (context) throws(JobError) in
            let whole = context.document
            let database = try whole.given(database: context.arguments.required("db_name"))
            if let absence = context.absence(of: database) {
                return Plan { (_) throws(JobError) in
                    database.information(in: whole, DatabaseAnswer(unknownBecause: absence))
                }
            }
            // One whose place is elsewhere cannot run here, and is told as it is configured.
            let command = try? context.look(DatabaseInfo(), at: database, in: whole)
            return Plan(commands: command.map { [$0] } ?? []) { (answers) throws(JobError) in
                database.information(in: whole, try OnDatabase<DatabaseInfo>.answer(answers.first))
            }
        }
    ).with {
        $0.answer = .databaseInformation
        $0.mandatory = [.databaseName]
        $0.recovery = .restart
        $0.example = ["db_name": "exa_db"]
    }
}

extension Database {
    fileprivate func information(in document: Document, _ engine: DatabaseAnswer) -> Value {
        let active = nodes.prefix(max(0, activeNodeCount))
        let reserve = nodes.dropFirst(max(0, activeNodeCount))
        let name = { (id: Int) in document.node(id: id)?.name ?? "n\(id)" }
        let address = active.lazy.compactMap { document.node(id: $0)?.privateNet?.address }.first
        return .members([
            "name": .string(self.name), "state": .string(engine.databaseState),
            "connectible": .string(engine.isConnectible ? "Yes" : "No"), "operation": "None",
            "info": .string(information(of: engine)),
            "connection string": .string(address.map { "\(Self.host($0)):\(port)" } ?? ""),
            "nodes": .map([
                "active": .strings(active.map(name)), "failed": [], "reserve": .strings(reserve.map(name)),
            ]),
            "persistent volume": .string(dataVolume ?? ""), "temporary volume": "",
            "quota": .int((volumeQuota?.bytes ?? 0) >> 30),
            "usage persistent": .list(usage(in: document, host: active.first.map(name), engine)),
            "usage temporary": [], "config": configuration, "wanted": engine.wanted.map(Value.string),
            "since": engine.since.map(Value.string), "ended": engine.ended, "reason": engine.reason.map(Value.string),
        ])
    }

    /// What the engine says, and whether the data have outgrown their quota, which only people can mend.
    private func information(of engine: DatabaseAnswer) -> String {
        let said = [engine.information, engine.missing, engine.reason].compactMap { $0 }.filter { !$0.isEmpty }
            .joined(separator: " ")
        guard let quota, let used = engine.usedBytes.flatMap({ Size(bytes: $0) }), used > quota else {
            return said
        }
        return [said, "The data take \(used), more than the quota of \(quota)."].filter { !$0.isEmpty }
            .joined(separator: " ")
    }

    /// What it takes of its data volume, on the node it runs on; nothing while there is no word of it.
    private func usage(in document: Document, host: String?, _ engine: DatabaseAnswer) -> [Value] {
        guard let used = engine.usedBytes.flatMap({ Size(bytes: $0) }), let host,
            let volume = dataVolume.flatMap({ document.volume(named: $0) }), let id = document.volumeIDs[volume.name]
        else { return [] }
        return [
            [
                "host": .string(host), "size": .string(volume.size?.description ?? "0 B"),
                "used": .string(used.description), "volume id": .string(String(id)),
            ]
        ]
    }

    private static func host(_ address: String) -> String {
        address.utf8.contains(UInt8(ascii: ":")) ? "[\(address)]" : address
    }
}

extension Shape {
    fileprivate static let databaseInformation = Shape.object(
        "DbInfoResult", text: "A database.",
        members: [
            .has("name", .str, like: "DB1"),
            .has("state", .databaseState, text: "setup: it is stopped, or was never made."),
            .has("connectible", .word(["Yes", "No"]), text: "Whether clients can connect."),
            .has("operation", .str, text: "Always None.", like: "None"),
            .has("info", .str, text: "More about its state.", like: ""),
            .has("connection string", .str, text: "Where clients connect to.", like: "192.0.2.11:8563"),
            .has("nodes", databaseNodes),
            .has("persistent volume", .str, text: "The data volume.", like: "DataVolume1"),
            .has("temporary volume", .str, text: "Always empty.", like: ""),
            .has("quota", .int, text: "Limit of its volumes in GiB; 0 for none."),
            .has("usage persistent", .list(usage), text: "Of the data volume; empty while nobody knows."),
            .has("usage temporary", .list(usage), text: "Always empty.", like: []), .has("config", .database),
            .may(
                "wanted", .word(["running", "stopped"]),
                text: "What was asked for last; absent for one that was never made."),
            .may("since", .str, text: "When it came up, or ended (RFC 3339)."), .may("ended", end),
            .may("reason", .str, text: "Why the state is not known."),
        ])

    private static let databaseNodes = Shape.object(
        "DatabaseNodes", text: "Nodes of a database, by their names.",
        members: [
            .has("active", .names, text: "It runs on these.", like: ["n11"]), .has("failed", .names, like: []),
            .has("reserve", .names, like: []),
        ])

    private static let end = Shape.object(
        "DatabaseEnd", text: "How a database ended though nobody had asked for that.",
        members: [
            .has("at", .str, text: "RFC 3339."),
            .has("clean", .bool, text: "Whether it was shut down in order; else it crashed."),
            .has("cause", .str, text: "What is known of the reason."),
        ])

    private static let usage = Shape.object(
        "DatabaseUsage", text: "What a database takes of a volume on a node.",
        members: [
            .has("host", .str, text: "The name of the node.", like: "n11"),
            .has("size", .str, text: "Of the volume, with a unit.", like: "16 GiB"),
            .has("used", .str, text: "With a unit.", like: "61.4 MiB"), .has("volume id", .str, like: "10001"),
        ])
}
