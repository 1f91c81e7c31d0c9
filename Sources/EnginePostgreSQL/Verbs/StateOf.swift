/// `state`: what the database is doing.
enum StateOf {
    struct Answer: Encodable, Sendable {
        /// `stopped`, `starting`, `running` or `stopping`.
        let state: String
        /// Whether a client that connects now is served.
        let connectible: Bool
        /// Whether there is a database at all.
        var created = true
        var detail: String?
    }

    static let run: Verbs.Verb = { (request) throws(EngineError) in try await Instance(request).state() }
}
