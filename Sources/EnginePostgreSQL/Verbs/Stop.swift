/// `stop`: ends the database, and waits until it has; one that is stopped stays so.
enum Stop {
    static let run: Verbs.Verb = { (request) throws(EngineError) in
        let instance = try Instance(request)
        if try await instance.state().state == "stopped" { return Done(already: true) }
        // 'fast' ends sessions but no transaction is lost; 'immediate' leaves recovery to the next start.
        let mode = request.options.force == true ? "immediate" : "fast"
        let limit = request.options.timeoutS.flatMap { $0 > 0 ? $0 : nil } ?? 3600
        try await Program.control.succeed(["stop", "-D", instance.directory, "-m", mode, "-w", "-t", String(limit)])
        return Done()
    }
}
