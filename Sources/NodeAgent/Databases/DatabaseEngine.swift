import JobEngine
import NodeCommands
import Values

#if canImport(Glibc)
import Glibc
#endif

/// The program that runs the databases of this node, as docs/engines.md describes it, and the user it runs as.
package struct DatabaseEngine: Sendable, Hashable {
    private let path: String
    private let user: String
    private let sysIsSuperuser: Bool

    /// - Parameters:
    ///   - path: The executable; nothing is looked at before it is called.
    ///   - user: Whom it runs as when the daemon is root; otherwise it runs as the daemon does.
    ///   - sysIsSuperuser: Whether the user of a new database may do everything its server can.
    package init(path: String, user: String, sysIsSuperuser: Bool = false) {
        self.path = path
        self.user = user
        self.sysIsSuperuser = sysIsSuperuser
    }

    /// Whether there is an engine at all.
    package var isInstalled: Bool { access(path, X_OK) == 0 }

    /// Whether the database of a command can be doing anything: it has data here, and an engine.
    func mayRun(_ call: DatabaseCall) throws(ActionError) -> Bool {
        isInstalled ? try DatabasePlace(call).isUsed : false
    }

    /// Asks the engine for one verb about the database of a command.
    ///
    /// - Parameters:
    ///   - directory: Where a backup goes to, or comes from.
    ///   - progress: Told how far the engine is; whoever follows the command, when left out.
    /// - Throws: `refused` when there is no engine or it says it cannot, `failed` with its message.
    func run(
        _ verb: String, _ call: DatabaseCall, directory: String? = nil,
        progress: (@Sendable (CommandProgress) -> Void)? = nil
    ) async throws(ActionError) -> Value {
        guard isInstalled else {
            throw .refused(
                JobError(
                    .unsupported,
                    "No database engine is installed at \(path); install one, or name it by the setting 'engine.path'.")
            )
        }
        try ExternalProgram.requireGuarded(path)
        let account = try account()
        let place = try DatabasePlace(call)
        try place.prepare(for: account)
        var program = ExternalProgram(try startable(by: account, call.action.root))
        program.arguments = [verb]
        program.account = account
        // Not of a server it starts, which is to outlive the step.
        if directory != nil { program.environment[OrphanProcesses.variable] = OrphanProcesses.mark(of: call.action) }
        let answer = try await program.run(
            JSON.bytes(try request(call, at: place, directory: directory)), within: call.action
        ) { line in
            let said = CommandReport(line: line)
            if case .progress(let told) = said, let progress { progress(told) } else { call.action.report(said) }
        }
        return try answer.value(of: "The database engine")
    }

    /// The user the engine runs as; `nil` for the daemon's own, which is not root.
    func account() throws(ActionError) -> ExternalProgram.Account? {
        try ExternalProgram.Account.besideRoot(
            user, of: "engine.user", for: "The database engine does not run as root")
    }

    /// Where the account starts the engine: its own place, or that of a copy where the account cannot get there.
    ///
    /// - Throws: `refused` when the account cannot get into the installation, naming the folder in the way.
    private func startable(
        by account: ExternalProgram.Account?, _ root: InstallationRoot
    ) throws(ActionError) -> String {
        guard let account else { return path }
        let reach = Reach(user, account)
        if let obstacle = reach.obstacle(into: root.directory) {
            throw .refused(
                JobError(
                    .unsupported,
                    "\(obstacle), whom databases run as. Move \(root.directory) to a place others can pass to, such as "
                        + "/var/lib, or let them pass: chmod o+x."))
        }
        guard reach.obstacle(toRunning: path) != nil else { return path }
        let copy = ProgramCopy(of: path, named: "engine", in: root)
        try copy.provide(for: account)
        return copy.path
    }

    private func request(
        _ call: DatabaseCall, at place: DatabasePlace, directory: String?
    ) throws(ActionError) -> Value {
        var options = call.options
        if let directory { options["directory"] = .string(directory) }
        var database: [String: Value]
        do {
            database = try Value(encoding: call.target.database).map ?? [:]
        } catch {
            throw .argument("database", "cannot be told: \(error)")
        }
        // Commands that were stored by former versions call it so.
        database["id"] = database["id"] ?? database["uuid"]
        database["sys_superuser"] = .bool(sysIsSuperuser)
        return [
            "contract": 1, "database": .map(database), "options": .map(options),
            "paths": [
                "data": .string(place.data), "former": .map(place.former.mapValues(Value.string)),
                "run": .string(place.run), "logs": .string(place.logs),
            ],
            "secrets": .members([
                "password": call.target.password.map(Value.string),
                "password_hash": call.target.passwordHash.map(Value.string),
            ]),
        ]
    }
}
