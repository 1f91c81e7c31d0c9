package import Access
import EXAConf
package import JobEngine
package import Logging
import NodeCommands
import Waiting

/// The accounts of this machine follow the users and groups of the configuration.
///
/// It touches only what it has made itself and keeps a record of that; an account is in the record before it is made, so
/// that one a crash left half done is finished, or removed, later.
package actor NodeAccounts: Reconciler {
    package nonisolated let name = "accounts"
    package nonisolated let moment = ReconcilerMoment.beforeAcknowledging
    private nonisolated let thread = SerialThread(name: "accounts")
    private let root: InstallationRoot
    private let accounts: any AccountDatabase
    private let durable = DurableFile()
    private let time: any TimeSource
    private let logger: Logger
    private var told: [String] = []

    /// Directory services can be slow to answer: they hold up nobody else.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Nothing is touched before there is a configuration to follow.
    package init(root: InstallationRoot, time: any TimeSource, logger: Logger) {
        self.init(root: root, time: time, logger: logger, accounts: SystemAccountDatabase())
    }

    init(
        root: InstallationRoot, time: any TimeSource, logger: Logger = Logger(label: "accounts"),
        accounts: any AccountDatabase
    ) {
        self.root = root
        self.time = time
        self.logger = logger
        self.accounts = accounts
    }

    /// Paths of programs this needs and the machine lacks.
    package static var lackingPrograms: [String] { SystemAccountDatabase.lacking }

    private var recordPath: String { root.etc + "/accounts.json" }
    private var keysFolder: String { root.etc + "/authorized_keys" }

    /// Makes, changes and removes accounts, whether or not users and groups have changed: somebody else may have.
    package func reconcile(
        from former: DecidedConfiguration?, to latest: DecidedConfiguration
    ) async throws {
        let faults = await settle(WantedAccounts(latest.document))
        defer { told = faults }
        if faults.isEmpty { return }
        for fault in faults where !told.contains(fault) {
            logger.warning("accounts do not follow", metadata: ["cause": "\(fault)"])
        }
        // How the node is may be asked without login: names are for the log.
        throw InstallError("\(faults.count) users or groups have no account as they should; the log names them.")
    }

    /// Fails unless new users and groups can be accounts of this machine.
    ///
    /// - Throws: `refused` with `object-exists` for a name or an id that is somebody else's, with `parameter-invalid` for
    ///   one no account can have; all of them are named.
    func check(_ wanted: WantedAccounts) throws(ActionError) {
        let plan = try ActionError.reporting { () throws(InstallError) in
            try AccountPlan(wanted, made: try record(), accounts)
        }
        let faults =
            wanted.groups.keys.sorted().compactMap { plan.fault(ofGroup: $0) }
            + wanted.users.keys.sorted().compactMap { plan.fault(ofUser: $0) }
        guard let first = faults.first else { return }
        throw .refused(JobError(first.code, faults.map(\.message).joined(separator: " ")))
    }

    private func record() throws(InstallError) -> MadeAccounts {
        try MadeAccounts(reading: try durable.read(recordPath), from: recordPath)
    }

    /// - Returns: What could not be done, and why.
    private func settle(_ wanted: WantedAccounts) async -> [String] {
        var faults: [String] = []
        do throws(InstallError) {
            for phase in AccountPlan.Phase.allCases { faults += try await perform(phase, wanted) }
            let plan = try AccountPlan(wanted, made: try record(), accounts)
            try keep(plan.mine)
            try installKeys(plan.users)
            faults += plan.faults
        } catch {
            faults.append(error.description)
        }
        return faults
    }

    /// Does the steps of a phase; one that fails does not stop the others.
    private func perform(_ phase: AccountPlan.Phase, _ wanted: WantedAccounts) async throws(InstallError) -> [String] {
        let plan = try AccountPlan(wanted, made: try record(), accounts)
        try keep(plan.claims(phase))
        var faults: [String] = []
        for step in plan.steps(phase) {
            let (kind, name) = step.account
            let program = step.command.program
            do throws(ActionError) {
                try await accounts.perform(step, call)
                logger.notice("account changed", metadata: ["\(kind)": "\(name)", "program": "\(program)"])
            } catch {
                faults.append("\(program) for \(kind) '\(name)': \(error)")
            }
        }
        return faults
    }

    private func keep(_ made: MadeAccounts) throws(InstallError) {
        if made != (try record()) { try durable.write(made.bytes, to: recordPath, mode: 0o600) }
    }

    /// Keys lie in a folder of root's, since root does not write where users could lay a link.
    private func installKeys(_ users: [(String, WantedAccounts.User)]) throws(InstallError) {
        var wanted: [String: [UInt8]] = [:]
        for (name, user) in users where user.isLoginEnabled && !user.keys.isEmpty {
            wanted[name] = Array((user.keys.joined(separator: "\n") + "\n").utf8)
        }
        for (name, bytes) in wanted { try durable.write(bytes, to: "\(keysFolder)/\(name)", mode: 0o600) }
        let present = try durable.told { () throws(FileFault) in try durable.files.names(in: keysFolder) }
        for name in present where wanted[name] == nil { try durable.remove("\(keysFolder)/\(name)") }
    }

    /// A program that hangs, behind a stale lock for instance, is ended.
    private var call: ActionCall {
        ActionCall(
            root: root, files: durable, job: JobID(node: 0, number: 0), step: 0, time: time,
            end: time.monotonic + .seconds(60))
    }
}

extension CommandHandler {
    /// Looks at the accounts of this machine.
    package static func checking(_ accounts: NodeAccounts) -> CommandHandler {
        CommandHandler(AccountsCheck.self) { (command, _) async throws(ActionError) in
            var wanted = WantedAccounts()
            wanted.groups = command.groups.mapValues { WantedAccounts.Group(id: $0) }
            wanted.users = command.users.mapValues { WantedAccounts.User(id: $0.id, group: $0.group) }
            try await accounts.check(wanted)
            return NoAnswer()
        }
    }
}
