import JobEngine
import Synchronization
import Waiting

/// What is being done to databases of this node that takes long: how far it is, and how to end it.
package final class DatabaseOperations: Sendable {
    /// One backup or restore on its way.
    struct Operation: Sendable {
        /// `Backup` or `Restore`.
        let type: String
        let level: Int
        let volume: Int
        var percent = 0
        var text = ""
        let abort: AsyncStream<Void>.Continuation
    }

    private let running = Mutex<[String: Operation]>([:])

    /// Nothing is being done.
    package init() {}

    /// How far the operation on a database is, `nil` when there is none.
    func operation(on database: String) -> Operation? { running.withLock { $0[database] } }

    /// Notes how far the operation on a database is, and tells whoever follows the command.
    func report(_ percent: Int, text: String, on database: String, _ call: ActionCall) {
        call.report(.progress(CommandProgress(percent: percent, text: text)))
        running.withLock { running in
            running[database]?.percent = percent
            running[database]?.text = text
        }
    }

    /// Ends the backup of a database, if one is being made.
    ///
    /// - Returns: Whether there was.
    func abortBackup(of database: String) -> Bool {
        guard let operation = operation(on: database), operation.type == "Backup" else { return false }
        operation.abort.yield()
        return true
    }

    /// Does work that shows as an operation on a database meanwhile, and that can be aborted.
    ///
    /// - Throws: What the work throws, or `failed` when it was aborted; the work has ended in any case.
    func during<Result: Sendable>(
        _ type: String, on database: String, level: Int, volume: Int,
        _ work: @escaping @Sendable () async throws(ActionError) -> Result
    ) async throws(ActionError) -> Result {
        let (aborts, abort) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        running.withLock {
            $0[database] = Operation(type: type, level: level, volume: volume, abort: abort)
        }
        defer {
            running.withLock { $0[database] = nil }
            abort.finish()
        }
        do throws(Interruption<ActionError>) {
            return try await withDeadline({ for await _ in aborts { return } }, work)
        } catch {
            throw error.actionError(.failed(code: 1, message: "\(type) was aborted."))
        }
    }
}
