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
        try await make(request)
        return Answer()
    }

    /// Makes the database beside its place, which it takes when it is complete: what was cut off never passes for one.
    static func make(_ request: EngineRequest) async throws(EngineError) {
        let configuration = try await Configuration(request)
        try checkHash(request.secrets.passwordHash)
        let replacement = Replacement(request.paths.data)
        do throws(EngineError) {
            try await initialise(replacement.fresh)
            try configuration.write(to: replacement.fresh)
            try Configuration.writeMap(to: replacement.fresh)
            try await addUser(request, replacement.fresh)
            try replacement.complete()
        } catch {
            try? replacement.settle()
            throw error
        }
    }

    /// - Throws: `unsupported` for a verifier PostgreSQL could not check a password against.
    static func checkHash(_ hash: String?) throws(EngineError) {
        guard let hash else { return }
        guard hash.hasPrefix("SCRAM-SHA-256$") else {
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
        let user = Instance.identifier(Instance.user)
        try await Program.server.succeed(
            ["--single", "-D", directory, "postgres"],
            input: """
                CREATE ROLE \(user) SUPERUSER LOGIN PASSWORD \(Instance.literal(verifier))
                CREATE DATABASE \(Instance.identifier(name)) OWNER \(user)

                """)
        try await Program.server.succeed(
            ["--single", "-D", directory, name], input: "SELECT 1\n")
    }
}
