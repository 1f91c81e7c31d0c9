/// `reset`: empties a stopped database; afterwards it is as after `create`.
enum Reset {
    static let run: Verbs.Verb = { (request) throws(EngineError) in
        let instance = try Instance(request)
        try instance.requireStopped(before: "emptied")
        try Create.requireReplaceable(instance)
        try await Create.make(instance)
        return Create.Answer()
    }
}
