import Foundation

/// Tries start parameters whose values are right each for itself: whether a server could start with all of them.
struct StartTrial {
    private let parameters: [StartParameter]

    init(_ parameters: [StartParameter]) { self.parameters = parameters }

    /// - Throws: `invalid` with what stands against it.
    func require() async throws(EngineError) {
        try await requireConnections()
        try await requireLogSizes()
        try await requireMemory()
    }

    /// Some connections are kept for the administrator, and others have to be left.
    private func requireConnections() async throws(EngineError) {
        guard has("max_connections") || has("superuser_reserved_connections") else { return }
        let (all, kept) = (try await number("max_connections"), try await number("superuser_reserved_connections"))
        guard all <= kept else { return }
        throw EngineError(
            .invalid,
            "No connection would be left: max_connections (\(all)) has to be more than superuser_reserved_connections "
                + "(\(kept)).")
    }

    /// Two files of the log have to fit.
    private func requireLogSizes() async throws(EngineError) {
        for name in ["min_wal_size", "max_wal_size"] where has(name) {
            guard try await number(name) < 2 * Self.segmentMebibytes else { continue }
            throw EngineError(.invalid, "\(name) has to be \(2 * Self.segmentMebibytes)MB or more.")
        }
    }

    // What initdb makes.
    private static let segmentMebibytes = 16

    /// Has a server ask for its memory, in a folder that is none of a database, and end.
    private func requireMemory() async throws(EngineError) {
        let folder = FileManager.default.temporaryDirectory.path + "/confd-trial-\(UUID().uuidString)"
        defer { try? Files.remove(folder) }
        let version = try await Program.server.run(["-V"]).output.split { !$0.isNumber }.first.map(String.init) ?? ""
        do {
            try FileManager.default.createDirectory(
                atPath: folder + "/pg_notify", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
            )
            try version.write(toFile: folder + "/PG_VERSION", atomically: false, encoding: .utf8)
            try Data().write(to: URL(filePath: folder + "/postgresql.conf"))
        } catch {
            throw EngineError(.failed, "Start parameters could not be tried: \(error.localizedDescription)")
        }
        let outcome = try await Program.server.run(["--check", "-D", folder] + parameters.flatMap { ["-c", $0.text] })
        let said = ServerLogEntry.reason(ServerLogEntry.all(in: outcome.errors)) ?? outcome.errors
        // What else such a folder lacks says nothing of the parameters.
        guard outcome.exitCode != 0, said.contains("shared memory") || said.contains("semaphore") else { return }
        throw EngineError(.invalid, "PostgreSQL could not start with the start parameters. \(said.prefix(500))")
    }

    private func has(_ name: String) -> Bool { parameters.contains { $0.name == name } }

    /// A value as the server would have it, in the setting's own unit.
    private func number(_ name: String) async throws(EngineError) -> Int {
        let output = try await StartParameter.asked(name, with: parameters).output
        return Int(output.split(separator: "\n").last ?? "") ?? Int.max
    }
}
