import Foundation

/// What the daemon asks for: the same members for every verb, those that do not matter to it are left out.
struct EngineRequest: Decodable, Sendable {
    /// The version of the contract; this engine speaks 1.
    let contract: Int
    var database = Database()
    var paths = Paths()
    var options = Options()
    var secrets = Secrets()

    /// The database as its section in the configuration says.
    struct Database: Decodable, Sendable {
        var name = ""
        /// Stays the same for good, whatever the database is called; `nil` when the caller does not know it.
        var id: String?
        var port = 0
        var memoryBytes: Int?
        /// What a restored database may take on disk at most.
        var quotaBytes: Int?
        /// Addresses it is reached at; empty for every address of the node.
        var addresses: [String] = []
        /// Start parameters as they stand in the configuration, each `-name=value`.
        var params: [String] = []
        var activeNodes = 1
        /// Whether the user of a new database may do everything the server can.
        var sysSuperuser = false
    }

    /// Absolute; they exist and belong to the user this program runs as.
    struct Paths: Decodable, Sendable {
        /// The data of the volume, those of one database.
        var data = ""
        /// Folders in which databases had their data in this volume before, by the name of the database.
        var former: [String: String] = [:]
        var run = ""
        var logs = ""
    }

    struct Options: Decodable, Sendable {
        var timeoutS: Int?
        var force: Bool?
        /// Whether `create` puts an empty database in the place of this one's data.
        var replace: Bool?
        var maintenance: Bool?
        var auditing: Bool?
        /// Where a backup goes to, or comes from.
        var directory: String?
        var level: Int?
        var restoreType: String?
    }

    struct Secrets: Decodable, Sendable {
        /// The password of the user `sys`.
        var password: String?
        /// The same as a verifier the engine understands.
        var passwordHash: String?
    }

    /// What a verb is given that reads no request.
    static let empty = EngineRequest()

    private init() { contract = 1 }

    /// Reads one JSON object to the end of the file.
    init(reading file: FileHandle) throws(EngineError) {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            self = try decoder.decode(EngineRequest.self, from: try file.readToEnd() ?? Data())
        } catch {
            throw EngineError(.invalid, "The request cannot be read: \(error)")
        }
        guard contract == 1 else {
            throw EngineError(.invalid, "This engine speaks version 1 of the contract, not \(contract).")
        }
    }

    private enum CodingKeys: String, CodingKey {
        case contract, database, paths, options, secrets
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        contract = try members.decode(Int.self, forKey: .contract)
        database = try members.decodeIfPresent(Database.self, forKey: .database) ?? Database()
        paths = try members.decodeIfPresent(Paths.self, forKey: .paths) ?? Paths()
        options = try members.decodeIfPresent(Options.self, forKey: .options) ?? Options()
        secrets = try members.decodeIfPresent(Secrets.self, forKey: .secrets) ?? Secrets()
    }
}

extension EngineRequest.Database {
    private enum CodingKeys: String, CodingKey {
        case name, id, port, memoryBytes, quotaBytes, addresses, params, activeNodes, sysSuperuser
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        name = try members.decode(String.self, forKey: .name)
        id = try members.decodeIfPresent(String.self, forKey: .id).flatMap { $0.isEmpty ? nil : $0 }
        port = try members.decodeIfPresent(Int.self, forKey: .port) ?? 0
        memoryBytes = try members.decodeIfPresent(Int.self, forKey: .memoryBytes)
        quotaBytes = try members.decodeIfPresent(Int.self, forKey: .quotaBytes)
        addresses = try members.decodeIfPresent([String].self, forKey: .addresses) ?? []
        params = try members.decodeIfPresent([String].self, forKey: .params) ?? []
        activeNodes = try members.decodeIfPresent(Int.self, forKey: .activeNodes) ?? 1
        sysSuperuser = try members.decodeIfPresent(Bool.self, forKey: .sysSuperuser) ?? false
    }
}

extension EngineRequest.Paths {
    private enum CodingKeys: String, CodingKey {
        case data, former, run, logs
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        data = try members.decode(String.self, forKey: .data)
        former = try members.decodeIfPresent([String: String].self, forKey: .former) ?? [:]
        run = try members.decode(String.self, forKey: .run)
        logs = try members.decode(String.self, forKey: .logs)
    }
}
