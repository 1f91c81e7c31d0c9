import Foundation

/// `describe`: what this engine is and can.
enum Describe {
    struct Answer: Encodable, Sendable {
        let contract = 1
        let name = "PostgreSQL"
        let version: String
        let abilities = Abilities()
    }

    /// What the daemon may ask for; the rest is declined before anything is touched.
    struct Abilities: Encodable, Sendable {
        let activeNodes = 1
        let backupLevels = [0]
        let restoreTypes = ["blocking"]
        let snapshots = false
        let maintenance = true
        let passwordHash = ["SCRAM-SHA-256"]
        let user = Instance.user
    }

    static let run: Verbs.Verb = { (_) throws(EngineError) in Answer(version: try await version()) }

    /// Fails unless the PostgreSQL of this machine can use an instance.
    ///
    /// - Parameter subject: What begins the message, with its verb.
    /// - Throws: `unsupported` for data of another major version, `data-damaged` for those that do not say which.
    static func requireVersion(of directory: String, _ subject: String) async throws(EngineError) {
        let version = (try? String(contentsOfFile: directory + "/PG_VERSION", encoding: .utf8)) ?? ""
        let made = version.trimmingCharacters(in: .whitespacesAndNewlines)
        guard Int(made) != nil else {
            throw EngineError(.dataDamaged, "\(directory)/PG_VERSION does not name a version: the data are damaged.")
        }
        let present = try await Self.version()
        guard present.split(separator: ".").first.map(String.init) != made else { return }
        throw EngineError(.unsupported, "\(subject) of PostgreSQL \(made); this node has PostgreSQL \(present).")
    }

    /// Of the PostgreSQL of this machine, such as `15.8`.
    static func version() async throws(EngineError) -> String {
        let text = try await Program.server.succeed(["--version"])
        return text.split(separator: " ").first { $0.first?.isNumber == true }.map(String.init) ?? ""
    }
}
