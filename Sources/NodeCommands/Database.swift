package import Values

/// A command about one database, with what every engine has to know of it.
package struct OnDatabase<Task: DatabaseTask>: NodeCommand {
    /// What the node answers is the task's.
    package typealias Answer = Task.Answer
    /// Those of the task.
    package static var traits: CommandTraits { Task.traits }

    /// What is to be done; its members stand among those of the command.
    package let task: Task
    /// What it is done to.
    package let target: DatabaseTarget

    /// A task for a database.
    package init(_ task: Task, for target: DatabaseTarget) {
        self.task = task
        self.target = target
    }

    /// Reads the task and what stands beside it.
    package init(from decoder: any Decoder) throws {
        task = try Task(from: decoder)
        target = try DatabaseTarget(from: decoder)
    }

    /// Writes the task and what stands beside it.
    package func encode(to encoder: any Encoder) throws {
        try task.encode(to: encoder)
        try target.encode(to: encoder)
    }
}

/// What can be done with a database.
package protocol DatabaseTask: Codable, Sendable {
    /// What the node answers when it has done so.
    associatedtype Answer: Codable & Sendable = NoAnswer
    /// What records and the engine know of it.
    static var traits: CommandTraits { get }
}

/// The database a command is about, and where its data are.
package struct DatabaseTarget: Codable, Sendable, Hashable {
    /// As its engine is told of it.
    package let database: DatabaseDescription
    /// The id of its data volume.
    package let volume: Int
    /// The name of that, for messages.
    package let volumeName: String?
    /// What the verb needs beside the database itself.
    package var options: DatabaseOptions?
    /// The password of the engine's user, for a database that has none yet.
    package var password: String?
    /// What stands for the password in the configuration.
    package var passwordHash: String?

    /// From here on numbers stand for volumes of drills, which no configuration knows: it counts its own one by one.
    private static let firstOfDrills = 1_000_000

    private enum CodingKeys: String, CodingKey {
        case database, volume, options, password
        case volumeName = "volume_name"
        case passwordHash = "password_hash"
    }

    /// - Parameters:
    ///   - volume: The id of its data volume.
    ///   - volumeName: The name of that, for messages.
    package init(_ database: DatabaseDescription, volume: Int, volumeName: String?) {
        self.database = database
        self.volume = volume
        self.volumeName = volumeName
    }
}

extension DatabaseTarget {
    /// The database backups of another one are tried as, beside it: it has no id, and its name is one no database can have.
    ///
    /// - Parameters:
    ///   - volume: The id of the data volume of the other one.
    ///   - memory: Bytes it may use; `nil` for the engine's own choice.
    package init(drillOf name: String, volume: Int, memory: Int?) {
        var database = DatabaseDescription("\(name).drill")
        (database.memoryBytes, database.activeNodes) = (memory, 1)
        self.init(database, volume: Self.firstOfDrills + volume, volumeName: "of the drill")
        var options = DatabaseOptions()
        options.restoreType = "blocking"
        self.options = options
    }

    /// Whether it is one that is removed when it was tried.
    package var isOfDrill: Bool { volume >= Self.firstOfDrills && database.name.hasSuffix(".drill") }
}

/// A database, as docs/engines.md has it.
package struct DatabaseDescription: Codable, Sendable, Hashable {
    /// Its name in the configuration.
    package let name: String
    /// Its id there, which commands of former versions have as the other alone.
    package var id, uuid: String?
    /// The version that is wanted.
    package var version: String?
    /// Where clients connect to.
    package var port: Int?
    /// What it may take, in bytes: of memory, and of its volume.
    package var memoryBytes, quotaBytes: Int?
    /// Where it can be reached; every address of the machine when there are none.
    package var addresses: [String]?
    /// How many nodes it runs on.
    package var activeNodes: Int?
    /// Start parameters.
    package var parameters: [String]?

    private enum CodingKeys: String, CodingKey {
        case name, id, uuid, version, port, addresses
        case memoryBytes = "memory_bytes"
        case quotaBytes = "quota_bytes"
        case activeNodes = "active_nodes"
        case parameters = "params"
    }

    /// Nothing is known but its name.
    package init(_ name: String) { self.name = name }
}

/// What a verb of an engine needs beside the database; each reads its own.
package struct DatabaseOptions: Codable, Sendable, Hashable {
    /// Seconds to wait until it runs, or has ended; 0 for no limit.
    package var timeout: Int?
    /// Whether it is started for maintenance.
    package var maintenance: Bool?
    /// Whether it keeps an audit of its own.
    package var auditing: Bool?
    /// Whether it is ended although a normal end does not work.
    package var force: Bool?
    /// The level of a backup; 0 is a full one.
    package var level: Int?
    /// The kind of a restore.
    package var restoreType: String?

    private enum CodingKeys: String, CodingKey {
        case maintenance, auditing, force, level
        case timeout = "timeout_s"
        case restoreType = "restore_type"
    }

    /// Nothing.
    package init() {}
}

/// What an engine said of a database, and what the node knows beside it. Engines may say more than is read here.
package struct DatabaseAnswer: Codable, Sendable, Hashable {
    /// As it was said.
    package let value: Value

    /// - Parameter value: As it was said.
    package init(_ value: Value) { self.value = value }

    /// Nobody said anything.
    ///
    /// - Parameter reason: For people.
    package init(unknownBecause reason: String) { value = ["state": "unknown", "reason": .string(reason)] }

    /// Whatever was said.
    package init(from decoder: any Decoder) throws { value = try Value(from: decoder) }

    /// As it was said.
    package func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }

    /// `running`, `starting`, `stopping`, `unknown`, or `stopped`, which is what a database is nobody says anything of.
    package var state: String { value["state"]?.string ?? "stopped" }
    /// Whether clients can connect.
    package var isConnectible: Bool { value["connectible"]?.bool == true }
    /// Who may do everything in a new database.
    package var user: String? { value["user"]?.string }
    /// `running` or `stopped`, as it was asked for last; `nil` for a database that was never made.
    package var wanted: String? { value["wanted"]?.string }
    /// When it came up, or ended; RFC 3339.
    package var since: String? { value["since"]?.string }
    /// How it ended when nobody had asked for that, as `db_info` shows it.
    package var ended: Value? { value["ended"] }
    /// What its data take.
    package var usedBytes: Int? { value["used_bytes"]?.int }
    /// More about its state, for people.
    package var information: String? { value["info"]?.string }
    /// Which data are gone, for people.
    package var missing: String? { value["missing"]?.string }
    /// Why its state is not known, for people.
    package var reason: String? { value["reason"]?.string }
}
