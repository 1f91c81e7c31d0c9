import JobEngine
import NodeCommands
import Values
import Waiting

/// What backups are made with: the engine, archives, and a place between the two.
struct BackupStore: Sendable {
    let accounts: ArchiveAccounts
    let operations: DatabaseOperations

    var engine: DatabaseEngine { accounts.engine }

    func archive(_ reference: ArchiveReference, _ call: ActionCall) async throws(ActionError) -> Archive {
        try await Archive(reference, account: try accounts.account(for: reference), call)
    }

    /// - Parameter account: Who has the folder first.
    func passage(_ call: ActionCall, for account: ExternalProgram.Account?) -> StagingFolder {
        StagingFolder(call, for: account)
    }

    /// A path of an archive, which does not lead out of it.
    func checked(_ path: String, of argument: String = "path") throws(ActionError) -> String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." && !$0.utf8.contains(0) }) else {
            throw .argument(argument, "must be the path of a backup")
        }
        return path
    }

    /// What is said of each of some archives, in their order. They are asked at the same time, some of them when there are
    /// many, and have until half a second before the end of the command.
    ///
    /// - Parameters:
    ///   - silent: Stands for an answer that does not come in time.
    ///   - ask: Asks one.
    func ask<Answer: Sendable>(
        _ archives: [ArchiveReference], within call: ActionCall, silent: Answer,
        _ ask: @escaping @Sendable (ArchiveReference, ActionCall) async throws(ActionError) -> Answer
    ) async throws(ActionError) -> [Answer] {
        let one = call.with(end: call.end - .milliseconds(500))
        let results = await archives.concurrentResults(atMost: 8) { (archive) throws(ActionError) in
            do throws(ActionError) {
                return try await ask(archive, one)
            } catch {
                guard error == .timedOut else { throw error }
                return silent
            }
        }
        var answers: [Answer] = []
        for result in results { answers.append(try result.get()) }
        return answers
    }
}

/// A task for a database and an archive a node knows how to do.
protocol BackupAction: DatabaseTask {
    /// Does it.
    ///
    /// - Throws: ``ActionError``, with a message for the caller of the job.
    func run(_ call: DatabaseCall, _ store: BackupStore) async throws(ActionError) -> Answer
}

/// A command about archives a node knows how to do.
protocol ArchiveAction: NodeCommand {
    /// Does it.
    ///
    /// - Throws: ``ActionError``, with a message for the caller of the job.
    func run(_ call: ActionCall, _ store: BackupStore) async throws(ActionError) -> Answer
}
