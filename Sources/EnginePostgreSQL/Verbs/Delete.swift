/// `delete`: removes everything of a stopped database; one that is gone already stays so.
enum Delete {
    static let run: Verbs.Verb = { (request) throws(EngineError) in
        let instance = try Instance(request)
        guard try await instance.state().state == "stopped" else {
            throw EngineError(.state, "The database runs; stop it before it is deleted.")
        }
        try Files.remove(instance.directory)
        return Done()
    }
}
