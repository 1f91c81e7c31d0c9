package import Access
package import JobEngine
package import Logging
import Synchronization
import Values
package import Waiting

/// Does on this machine what jobs and revisions ask for.
///
/// It has a thread of its own: a slow disk holds up no request. One after the other: a revision is never written while
/// another is.
package actor NodeAgent: NodeRunner {
    /// This node's id in the configuration.
    package nonisolated let node: Int
    /// Where `/exa` is on this machine; all files the agent writes are below it.
    package nonisolated let root: InstallationRoot

    nonisolated let durable: DurableFile
    nonisolated let time: any TimeSource
    nonisolated let logger: Logger
    private nonisolated let handlers: [String: CommandHandler]
    private nonisolated let files = SerialThread(name: "node-agent")

    /// The file as it was last read or written here; `nil` when that is not known, or it is being written.
    private nonisolated let lastKnown = Mutex<FileStatus?>(nil)
    nonisolated var known: FileStatus? {
        get { lastKnown.withLock { $0 } }
        set { lastKnown.withLock { $0 = newValue } }
    }
    var outcomes = CommandOutcomes()

    /// A thread of the agent's own: calls of the file system block it, and nobody else.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { files.asUnownedSerialExecutor() }
    package nonisolated var thread: SerialThread? { files }

    /// - Parameters:
    ///   - files: The files of this machine, but in tests.
    ///   - handlers: What commands may ask for; by default what every node can do.
    ///   - accounts: The accounts of this machine, where they follow the configuration: new ones are checked beforehand.
    package init(
        node: Int, root: InstallationRoot, time: any TimeSource = SystemTimeSource(),
        logger: Logger = Logger(label: "node-agent"), files: any FileSystem = PosixFileSystem(),
        handlers: [CommandHandler] = CommandHandler.builtIn, accounts: NodeAccounts? = nil
    ) {
        self.node = node
        self.root = root
        self.time = time
        self.logger = logger
        durable = DurableFile(files: files)
        let handlers = handlers + (accounts.map { [CommandHandler.checking($0)] } ?? [])
        self.handlers = Dictionary(handlers.map { ($0.name, $0) }) { _, last in last }
    }

    /// Fails with code 1 for another node and with 127 for an action there is not.
    ///
    /// A command that is asked for again with the same job, step and action waits for the first or gets its outcome, as
    /// long as that is among the latest 256; after a restart none is known.
    package func run(
        _ command: Command, job: JobID, step: Int, report: @escaping @Sendable (CommandReport) -> Void
    ) async -> CommandOutcome {
        guard command.node == node else {
            return .failed(
                code: 1, message: "Node \(command.node) cannot be reached: this installation has one node, \(node).")
        }
        guard let handler = handlers[command.action] else {
            return .failed(code: 127, message: "Node \(node) does not know how to do '\(command.action)'.")
        }
        // Of a dry run, which is no job, nothing is kept.
        guard job.number != 0 else { return await perform(command, by: handler, job: job, step: step, report: report) }
        let key = CommandOutcomes.Key(job: job, step: step, action: command.action)
        switch outcomes[key] {
        case .ended(let outcome): return outcome
        case .running(let waiter): return await waiter.answer()
        case nil:
            // What was taken back may be done once more, and what was done may be taken back once more.
            outcomes.forget(besides: key)
            outcomes.begin(key)
            let outcome = await perform(command, by: handler, job: job, step: step, report: report)
            outcomes.end(key, outcome)
            return outcome
        }
    }

    private func perform(
        _ command: Command, by handler: CommandHandler, job: JobID, step: Int,
        report: @escaping @Sendable (CommandReport) -> Void
    ) async -> CommandOutcome {
        let call = ActionCall(
            root: root, files: durable, job: job, step: step, time: time,
            end: time.monotonic + command.deadline, report: report)
        do throws(ActionError) {
            return .ok(try await handler.run(command.arguments, call))
        } catch {
            return error.outcome
        }
    }
}
