/// The database within an instance, which clients know by the name of the one in the cluster.
struct InnerDatabase: Sendable {
    let directory: String

    /// Makes the data those of a database: under its name, and marked as its own. Users and passwords stay.
    ///
    /// What was cut off begins anew at the next call, for this database or another.
    ///
    /// - Throws: `state` when the instance holds another database of that name.
    func belong(to database: EngineRequest.Database) async throws(EngineError) {
        let mark = Mark.read(in: directory) ?? Mark.fresh(for: database)
        if mark.name != database.name || mark.former != nil {
            let name = try await name(among: [mark.name, mark.former, database.name].compactMap(\.self))
            // Until it is renamed both names are known.
            try Mark(id: mark.id, name: database.name, created: mark.created, former: name).write(in: directory)
            if name != database.name { try await rename(name, to: database.name) }
        }
        let settled = Mark(
            id: database.id ?? mark.id, name: database.name,
            created: mark.created ?? Mark.fresh(for: database).created)
        if settled != mark { try settled.write(in: directory) }
    }

    private func name(among names: [String]) async throws(EngineError) -> String {
        for name in names where try await opens(name) { return name }
        throw EngineError(.failed, "The data hold no database named \(names.joined(separator: " or ")).")
    }

    private func rename(_ former: String, to name: String) async throws(EngineError) {
        Progress.tell(90, "renaming")
        guard try await !opens(name) else {
            throw EngineError(
                .state, "The data of \(former) hold another database named \(name): rename that one first.")
        }
        try await Program.server.succeed(
            ["--single", "-D", directory, "postgres"],
            input: "ALTER DATABASE \(Quoting.identifier(former)) RENAME TO \(Quoting.identifier(name))\n")
        // In single-user mode a statement that fails is no failure of the program.
        guard try await opens(name) else {
            throw EngineError(.failed, "The database \(former) could not be named \(name).")
        }
    }

    private func opens(_ database: String) async throws(EngineError) -> Bool {
        try await Program.server.run(["--single", "-D", directory, database], input: "SELECT 1\n").exitCode == 0
    }
}
