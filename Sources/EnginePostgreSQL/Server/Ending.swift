import Foundation

/// How the last server of an instance ended, by what it wrote itself: its control file and its log.
struct Ending: Encodable, Sendable {
    /// RFC 3339; of a crash the last sign of life.
    let at: String
    /// Whether everything was written out; a server that was killed, or crashed, repeats some of it at its next start.
    let clean: Bool
    /// For people.
    let cause: String

    /// - Returns: `nil` for an instance no server ever had, or whose control file says nothing.
    static func find(in directory: String, logs: ServerLog) async -> Ending? {
        guard let state = try? await ControlFile(reading: directory).state else { return nil }
        let clean = state.hasPrefix("shut down")
        let control = Files.changed(ControlFile.path(in: directory))
        let log = logs.files.last.flatMap { Files.changed($0) }
        guard let at = clean ? control : [control, log].compactMap(\.self).max() else { return nil }
        return Ending(at: at.ISO8601Format(), clean: clean, cause: cause(clean, logs.last))
    }

    /// What the log says after its server last took connections.
    private static func cause(_ clean: Bool, _ entries: [ServerLogEntry]) -> String {
        let ready = entries.lastIndex { $0.text.hasPrefix("database system is ready to accept") }
        let since = entries[(ready.map { $0 + 1 } ?? 0)...]
        // By how they begin: statements of users are in the log as well.
        let beginnings = [
            "server process (PID", "checkpointer process (PID", "background writer process (PID",
            "startup process (PID",
            "WAL writer process (PID", "received fast shutdown", "received smart shutdown",
            "received immediate shutdown",
            "performing immediate shutdown", "shutting down due to", "could not open file \"postmaster.pid\"",
        ]
        let told = since.first { entry in
            entry.severity == "PANIC"
                || entry.severity == "LOG" && beginnings.contains { entry.text.hasPrefix($0) }
        }
        if let told { return told.text }
        return clean ? "It was shut down." : "It ended without a word: it was killed, or the machine went down."
    }
}

/// What PostgreSQL says of the state of an instance's files.
struct ControlFile: Sendable {
    /// Such as `in production`, or `shut down`.
    let state: String

    static func path(in directory: String) -> String { directory + "/global/pg_control" }

    /// - Throws: `data-damaged` with PostgreSQL's words.
    init(reading directory: String) async throws(EngineError) {
        let outcome = try await Program.controlData.run(["-D", directory])
        let warning = (outcome.output + outcome.errors).split(separator: "\n").first { $0.contains("WARNING") }
        let state = outcome.output.split(separator: "\n").first { $0.hasPrefix("Database cluster state:") }
        guard outcome.exitCode == 0, warning == nil, let state else {
            let said = outcome.exitCode == 0 ? warning.map(String.init) ?? "" : outcome.errors
            throw EngineError(
                .dataDamaged,
                "The data in \(directory) are damaged: restore a backup of them. "
                    + said.replacing("\n", with: " ").trimmingCharacters(in: .whitespaces))
        }
        self.state = state.drop { $0 != ":" }.dropFirst().trimmingCharacters(in: .whitespaces)
    }
}
