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
