import Foundation

/// One database of the cluster as a PostgreSQL instance: its directory, its settings and how to talk to it.
struct Instance: Sendable {
    let request: EngineRequest
    let volume: Volume

    var database: EngineRequest.Database { request.database }
    var directory: String { Volume.directory(in: volume.folder) }
    var replacement: Replacement { Replacement(volume.folder) }
    /// The superuser the operating system's user of this program logs in as, over the socket, without a password.
    static let administrator = "confd"
    /// The user people log in as.
    static let user = "sys"

    /// - Throws: `unsupported` for more than one active node, `invalid` for a request without a place or name.
    init(_ request: EngineRequest) throws(EngineError) {
        let name = request.database.name
        guard !name.isEmpty, request.paths.data.hasPrefix("/") else {
            throw EngineError(.invalid, "The request names no database, or no path for its data.")
        }
        guard name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw EngineError(.invalid, "The name of the database has control characters.")
        }
        guard request.database.activeNodes == 1 else {
            throw EngineError(.unsupported, "PostgreSQL runs on one active node, not \(request.database.activeNodes).")
        }
        self.request = request
        volume = Volume(request)
    }

    /// The server of this database; `nil` when there is none, or it has another database's data.
    var server: Server? {
        guard let owner = volume.owner, owner.isOf(database) || owner.name == database.name else { return nil }
        return Server.find(in: directory)
    }

    /// Fails when another database runs on the volume.
    ///
    /// - Throws: `in-use`.
    func requireVolume() throws(EngineError) {
        guard let running = volume.running, server == nil else { return }
        throw EngineError(.inUse, "The data volume is in use: database \(running.name) runs on it. Stop it first.")
    }

    /// Fails unless nothing runs on the volume.
    ///
    /// - Parameter verb: What has to wait until then, for the message.
    /// - Throws: `in-use`, or `state` when it is this database that runs.
    func requireStopped(before verb: String) throws(EngineError) {
        try requireVolume()
        if server != nil { throw EngineError(.state, "The database runs; stop it before it is \(verb).") }
    }

    /// What the server is doing.
    func state() async -> StateOf.Answer {
        guard !volume.isEmpty else { return .init(state: "stopped") }
        let owner = volume.owner
        if let server {
            let (state, detail) = server.state
            return .init(
                state: state, connectible: state == "running", created: true,
                process: .init(id: Int(server.process.id), started: server.started.ISO8601Format()),
                owner: owner, detail: detail)
        }
        let isOurs = owner.map { $0.isOf(database) || $0.name == database.name } ?? false
        return .init(
            state: "stopped", created: true, ended: isOurs ? await Ending.find(in: directory, logs: logs) : nil,
            owner: owner)
    }

    var logs: ServerLog { ServerLog(folder: request.paths.logs) }

    /// Where the server is reached: by what it says itself while it runs.
    var address: (folder: String, port: Int) { server?.address ?? (request.paths.run, database.port) }

    /// Runs SQL as the administrator, in a database of the instance, and gives its unadorned output.
    @discardableResult
    func query(_ sql: String, in database: String = "postgres") async throws(EngineError) -> String {
        let (folder, port) = address
        let output = try await Program.psql.succeed(
            [
                "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", folder, "-p", String(port), "-U",
                Self.administrator, "-d", database, "-f", "-",
            ], input: sql)
        return output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
