import Foundation

/// One database of the cluster as a PostgreSQL instance: its directory, its settings and how to talk to it.
struct Instance: Sendable {
    let request: EngineRequest

    var directory: String { request.paths.data + "/postgresql" }
    var log: String { request.paths.logs + "/postgresql.log" }
    /// The superuser the operating system's user of this program logs in as, over the socket, without a password.
    static let administrator = "confd"
    /// The user people log in as.
    static let user = "sys"

    /// - Throws: `unsupported` for more than one active node, `invalid` for a request without a place or name.
    init(_ request: EngineRequest) throws(EngineError) {
        guard !request.database.name.isEmpty, request.paths.data.hasPrefix("/") else {
            throw EngineError(.invalid, "The request names no database, or no path for its data.")
        }
        guard request.database.activeNodes == 1 else {
            throw EngineError(.unsupported, "PostgreSQL runs on one active node, not \(request.database.activeNodes).")
        }
        self.request = request
    }

    var exists: Bool { FileManager.default.fileExists(atPath: directory + "/PG_VERSION") }

    /// Fails unless the database was created.
    func requireExistence() throws(EngineError) {
        guard exists else { throw EngineError(.state, "The database has no data here; it was never created.") }
    }

    /// What the server is doing.
    ///
    /// `pg_ctl status` tells running and stopped apart; the file `postmaster.pid` has what it is about to become.
    func state() async throws(EngineError) -> StateOf.Answer {
        guard exists else {
            let isOld = FileManager.default.fileExists(atPath: Replacement(request.paths.data).old + "/PG_VERSION")
            return .init(state: "stopped", connectible: false, created: isOld)
        }
        let status = try await Program.control.run(["status", "-D", directory])
        guard status.exitCode == 0 else { return .init(state: "stopped", connectible: false) }
        let lines = (try? String(contentsOfFile: directory + "/postmaster.pid", encoding: .utf8))?
            .split(separator: "\n", omittingEmptySubsequences: false)
        let word = lines.flatMap { $0.count > 7 ? $0[7].trimmingCharacters(in: .whitespaces) : nil } ?? ""
        switch word {
        case "ready", "standby": return .init(state: "running", connectible: true)
        case "stopping": return .init(state: "stopping", connectible: false)
        default: return .init(state: "starting", connectible: false, detail: word)
        }
    }

    /// Runs SQL as the administrator, in a database of the instance, and gives its unadorned output.
    @discardableResult
    func query(_ sql: String, in database: String = "postgres") async throws(EngineError) -> String {
        let output = try await Program.psql.succeed(
            [
                "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", request.paths.run, "-p",
                String(request.database.port), "-U", Self.administrator, "-d", database, "-f", "-",
            ], input: sql)
        return output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    static func literal(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
    static func identifier(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }
}
