import Foundation

/// `start`: runs the database until it takes connections; one that runs already stays as it is.
enum Start {
    static let run: Verbs.Verb = { (request) throws(EngineError) in
        let instance = try Instance(request)
        try instance.requireExistence()
        if try await instance.state().state == "running" { return Done(already: true) }
        try PortProbe.requireFree(request.database.port, addresses: request.database.addresses)
        try await Configuration(request).write(to: instance.directory)
        try Configuration.writeMap(to: instance.directory)
        let limit = request.options.timeoutS.flatMap { $0 > 0 ? $0 : nil } ?? 3600
        let outcome = try await Program.control.run([
            "start", "-D", instance.directory, "-l", instance.log, "-w", "-s", "-t", String(limit),
        ])
        guard outcome.exitCode == 0 else {
            // A server that is still coming up is not left behind to appear later.
            _ = try? await Program.control.run(["stop", "-D", instance.directory, "-m", "immediate", "-w"])
            throw EngineError(.failed, "The database did not start. \(lastWords(instance.log))")
        }
        return Done()
    }

    /// What the server said last in its log.
    private static func lastWords(_ log: String) -> String {
        guard let text = try? String(contentsOfFile: log, encoding: .utf8) else { return "" }
        return text.split(separator: "\n").suffix(6).filter { $0.contains("FATAL") || $0.contains("ERROR") }
            .joined(separator: " ")
    }
}
