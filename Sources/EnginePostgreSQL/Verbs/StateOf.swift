/// `state`: what the database is doing.
enum StateOf {
    struct Answer: Encodable, Sendable {
        /// `stopped`, `starting`, `running` or `stopping`.
        let state: String
        /// Whether a client that connects now is served.
        var connectible = false
        /// Whether there are data in the volume that a start would use.
        var created = false
        /// Of the server, while there is one.
        var process: Process?
        /// How the last one ended, when there is none.
        var ended: Ending?
        /// Whose data they are.
        var owner: Mark?
        var detail: String?
    }

    struct Process: Encodable, Sendable {
        let id: Int
        /// RFC 3339.
        let started: String
    }

    static let run: Verbs.Verb = { (request) throws(EngineError) in
        let instance = try Instance(request)
        instance.logs.prune()
        return await instance.state()
    }
}
