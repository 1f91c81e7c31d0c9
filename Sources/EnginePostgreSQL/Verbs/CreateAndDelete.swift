import Foundation

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

/// `create`: makes an empty database with the user `sys`; it is stopped afterwards.
enum Create {
    struct Answer: Encodable, Sendable {
        /// Whom people log in as.
        let user = Instance.user
    }

    static let run: Verbs.Verb = { (request) throws(EngineError) in
        let instance = try Instance(request)
        try instance.requireStopped(before: "made anew")
        if request.options.replace == true {
            try requireReplaceable(instance)
        } else if !instance.volume.isEmpty || !instance.volume.others.isEmpty {
            let owner = instance.volume.owner?.name ?? instance.volume.others.keys.sorted().joined(separator: ", ")
            throw EngineError(.state, "The volume holds the data of database \(owner) already.")
        }
        try await make(instance)
        return Answer()
    }

    /// Fails when what would be given up is not this database's own.
    ///
    /// - Throws: `state` for data of another database, `data-damaged` for what cannot be told whose it is.
    static func requireReplaceable(_ instance: Instance) throws(EngineError) {
        if instance.volume.isEmpty { return }
        guard let owner = instance.volume.owner else {
            throw EngineError(
                .dataDamaged, "\(instance.directory) holds files that do not say whose they are: move them away.")
        }
        guard owner.isOf(instance.database) else {
            throw EngineError(.state, "The volume holds the data of another database, \(owner.name).")
        }
    }

    /// Makes the database beside its place, which it takes when it is complete: what was cut off never passes for one.
    /// What it replaces is given up then, and not before.
    static func make(_ instance: Instance) async throws(EngineError) {
        let request = instance.request
        let configuration = try await Configuration(request)
        try checkHash(request.secrets.passwordHash)
        let replacement = instance.replacement
        do throws(EngineError) {
            try await initialise(replacement.fresh)
            try configuration.write(to: replacement.fresh)
            try Configuration.writeMap(to: replacement.fresh)
            try await addUser(request, replacement.fresh)
            try Mark.fresh(for: request.database).write(in: replacement.fresh)
            try replacement.complete()
        } catch {
            try? replacement.settle()
            throw error
        }
    }

    /// - Throws: `unsupported` for a verifier PostgreSQL could not check a password against.
    static func checkHash(_ hash: String?) throws(EngineError) {
        guard let hash else { return }
        guard hash.wholeMatch(of: /SCRAM-SHA-256\$[0-9]+:[A-Za-z0-9+\/=]+\$[A-Za-z0-9+\/=]+:[A-Za-z0-9+\/=]+/) != nil
        else {
            throw EngineError(
                .unsupported, "PostgreSQL takes SCRAM-SHA-256 verifiers; the hash given is of another kind.")
        }
    }

    private static func initialise(_ directory: String) async throws(EngineError) {
        Progress.tell(10, "initialising")
        try await Program.initdb.succeed([
            "-D", directory, "-U", Instance.administrator, "-E", "UTF8", "--locale=C.UTF-8", "-A", "peer",
            "--data-checksums", "--no-instructions",
        ])
    }

    /// In single-user mode: nobody can connect before the password is set.
    private static func addUser(_ request: EngineRequest, _ directory: String) async throws(EngineError) {
        Progress.tell(70, "creating the user")
        let name = request.database.name
        let verifier = request.secrets.passwordHash ?? request.secrets.password
        guard let verifier else { throw EngineError(.invalid, "Neither 'password' nor 'password_hash' was given.") }
        let user = Quoting.identifier(Instance.user)
        let rights = request.database.sysSuperuser ? "SUPERUSER" : "CREATEDB CREATEROLE"
        try await Program.server.succeed(
            ["--single", "-D", directory, "postgres"],
            input: """
                CREATE ROLE \(user) \(rights) LOGIN PASSWORD \(Quoting.literal(verifier))
                CREATE DATABASE \(Quoting.identifier(name)) OWNER \(user)

                """)
        try await Program.server.succeed(
            ["--single", "-D", directory, name], input: "SELECT 1\n")
    }
}

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
