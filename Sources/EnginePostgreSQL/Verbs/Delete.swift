/// `delete`: removes everything of a stopped database; one that is gone already stays so.
enum Delete {
    static let run: Verbs.Verb = { (request) throws(EngineError) in
        let instance = try Instance(request)
        // What another database holds there is not this one's to remove.
        guard let owner = instance.volume.owner, owner.isOf(request.database) else { return Done() }
        try instance.requireStopped(before: "deleted")
        try Files.remove(instance.directory)
        return Done()
    }
}
