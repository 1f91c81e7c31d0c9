/// `check`: whether a database could be made, or run, with these settings; touches nothing.
enum Check {
    static let run: Verbs.Verb = { (request) throws(EngineError) in
        _ = try Instance(request)
        _ = try await Configuration(request)
        try PortProbe.requireAllowed(request.database.port, addresses: request.database.addresses)
        try Create.checkHash(request.secrets.passwordHash)
        return Done()
    }
}
