import Foundation

/// `create`: makes an empty database with the user `sys`; it is stopped afterwards.
enum Create {
    struct Answer: Encodable, Sendable {
        /// Whom people log in as.
        let user = Instance.user
    }

    static let run: Verbs.Verb = { (request) throws(EngineError) in
        let instance = try Instance(request)
        if instance.exists { throw EngineError(.state, "There is a database in the volume already.") }
        let configuration = try await Configuration(request)
        try checkHash(request.secrets.passwordHash)
        try await initialise(instance)
        try configuration.write(to: instance.directory)
        try Configuration.writeMap(to: instance.directory)
        try await addUser(instance)
        return Answer()
    }

    /// - Throws: `unsupported` for a verifier PostgreSQL could not check a password against.
    static func checkHash(_ hash: String?) throws(EngineError) {
        guard let hash else { return }
        guard hash.hasPrefix("SCRAM-SHA-256$") else {
            throw EngineError(
                .unsupported, "PostgreSQL takes SCRAM-SHA-256 verifiers; the hash given is of another kind.")
        }
    }

    private static func initialise(_ instance: Instance) async throws(EngineError) {
        Progress.tell(10, "initialising")
        try await Program.initdb.succeed([
            "-D", instance.directory, "-U", Instance.administrator, "-E", "UTF8", "--locale=C.UTF-8", "-A", "peer",
            "--data-checksums", "--no-instructions",
        ])
    }

    /// In single-user mode: nobody can connect before the password is set.
    private static func addUser(_ instance: Instance) async throws(EngineError) {
        Progress.tell(70, "creating the user")
        let name = instance.request.database.name
        let verifier = instance.request.secrets.passwordHash ?? instance.request.secrets.password
        guard let verifier else { throw EngineError(.invalid, "Neither 'password' nor 'password_hash' was given.") }
        let user = Instance.identifier(Instance.user)
        try await Program.server.succeed(
            ["--single", "-D", instance.directory, "postgres"],
            input: """
                CREATE ROLE \(user) SUPERUSER LOGIN PASSWORD \(Instance.literal(verifier))
                CREATE DATABASE \(Instance.identifier(name)) OWNER \(user)

                """)
        try await Program.server.succeed(
            ["--single", "-D", instance.directory, name], input: "SELECT 1\n")
    }
}
