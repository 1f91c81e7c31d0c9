import Foundation

/// `start`: runs the database until it takes connections; one that runs already stays as it is.
///
/// It never makes one: where there are no data, or no sound ones, it says so.
enum Start {
    struct Answer: Encodable, Sendable {
        /// Whether it ran before.
        let already: Bool
        let process: StateOf.Process?
    }

    static let run: Verbs.Verb = { (request) throws(EngineError) in
        let instance = try Instance(request)
        try instance.requireVolume()
        let limit = request.options.timeoutS.flatMap { $0 > 0 ? $0 : nil } ?? 3600
        if try await runs(instance, within: limit) {
            return Answer(already: true, process: await instance.state().process)
        }
        let present = try await Restart.prepare(instance)
        try await launch(present, within: limit)
        return Answer(already: false, process: await present.state().process)
    }

    /// Whether its server takes connections; one that is about to, or about to end, is waited for.
    private static func runs(_ instance: Instance, within seconds: Int) async throws(EngineError) -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while let server = instance.server {
            if server.state.name == "running" { return true }
            guard ContinuousClock.now < end, !Task.isCancelled else {
                throw EngineError(.failed, "The database is still \(server.state.name) after \(seconds) s.")
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
        return false
    }

    private static func launch(_ instance: Instance, within seconds: Int) async throws(EngineError) {
        let logs = instance.logs
        logs.prune()
        try Files.remove(logs.startup)
        let before = logs.lengths
        let outcome = try await Program.control.run([
            "start", "-D", instance.directory, "-l", logs.startup, "-w", "-s", "-t", String(seconds),
        ])
        guard outcome.exitCode != 0 else {
            if let server = instance.server { LogKeeper.start(for: server.process, logs) }
            return
        }
        // A server that is still coming up is not left behind to appear later.
        if let server = instance.server { try? await server.end(atOnce: true, within: 60) }
        // What it said is in the log when the process that writes it has ended.
        await Server.awaitNobody(in: instance.directory, seconds: 10)
        let reason = ServerLogEntry.reason(logs.said(since: before)) ?? outcome.errors.replacing("\n", with: " ")
        throw EngineError(.failed, "The database did not start. " + reason.trimmingCharacters(in: .whitespaces))
    }
}

/// What has to be so before a server is started: sound data, which are this database's, and nothing in the way.
private enum Restart {
    /// - Returns: The instance, at the place where its data are from now on.
    static func prepare(_ given: Instance) async throws(EngineError) -> Instance {
        // What is left of a server that was killed, or of a verb that was, ends by itself.
        await Server.awaitNobody(in: given.directory, seconds: 30)
        try await requireData(given)
        let request = given.request
        try PortProbe.requireFree(request.database.port, addresses: request.database.addresses)
        let configuration = try await Configuration(request)
        // What they are called stands in the settings alone, where there was no mark; those are written anew.
        try given.volume.owner?.write(in: given.directory)
        try given.volume.move()
        let instance = try Instance(request)
        if Server.processes(of: instance.directory).isEmpty {
            try LockFile.clear(directory: instance.directory, sockets: request.paths.run)
        }
        try configuration.write(to: instance.directory)
        try Configuration.writeMap(to: instance.directory)
        try await InnerDatabase(directory: instance.directory).belong(to: request.database)
        return instance
    }

    private static func requireData(_ instance: Instance) async throws(EngineError) {
        let name = instance.database.name
        guard !instance.volume.isEmpty else {
            let others = instance.volume.others.keys.sorted().joined(separator: ", ")
            throw EngineError(
                .dataMissing,
                "The data of \(name) are not in its volume (\(instance.request.paths.data))"
                    + (others.isEmpty ? "" : ", which holds those of \(others)")
                    + ": bring them back, or restore a backup.")
        }
        guard access(instance.directory + "/PG_VERSION", F_OK) == 0 else {
            throw EngineError(
                .dataDamaged,
                "The data of \(name) in \(instance.directory) are damaged, as PG_VERSION is missing: bring them back, "
                    + "or restore a backup.")
        }
        try await Describe.requireVersion(of: instance.directory, "The data of \(name) are")
        _ = try await ControlFile(reading: instance.directory)
    }
}

/// `stop`: ends the database, and waits until it has; one that is stopped stays so.
enum Stop {
    static let run: Verbs.Verb = { (request) throws(EngineError) in
        let instance = try Instance(request)
        guard let server = instance.server else { return Done(already: true) }
        let limit = request.options.timeoutS.flatMap { $0 > 0 ? $0 : nil } ?? 3600
        // Sessions end either way, and no transaction is lost.
        try await server.end(atOnce: request.options.force == true, within: limit)
        return Done()
    }
}
