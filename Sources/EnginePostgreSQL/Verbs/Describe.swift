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

    /// Of the PostgreSQL of this machine, such as `15.8`.
    static func version() async throws(EngineError) -> String {
        let text = try await Program.server.succeed(["--version"])
        return text.split(separator: " ").first { $0.first?.isNumber == true }.map(String.init) ?? ""
    }
}
