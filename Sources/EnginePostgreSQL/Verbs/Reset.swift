/// `reset`: empties a stopped database; afterwards it is as after `create`.
enum Reset {
    static let run: Verbs.Verb = { (request) throws(EngineError) in
        let instance = try Instance(request)
        guard try await instance.state().state == "stopped" else {
            throw EngineError(.state, "The database runs; stop it before it is emptied.")
        }
        try await Create.make(request)
        return Create.Answer()
    }
}
