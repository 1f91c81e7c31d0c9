import Synchronization

/// The commands that run, each of them once: a term of office that begins while one runs waits for that one.
final class CommandTasks: Sendable {
    /// Names one run of a command.
    struct Key: Sendable, Hashable {
        let job: JobID
        let step: Int
        let isUndo: Bool
        /// Whether nothing runs on a node: the command waits for a state of the cluster.
        var isWait = false
        /// Whether the job is over, and its node had been away.
        var isKept = false
    }

    private let tasks = Mutex<[Key: Task<CommandOutcome, Never>]>([:])

    /// How a command ended; begins it when that was not done before.
    ///
    /// Cancelling the caller asks the command to stop.
    func outcome(of key: Key, _ run: @escaping @Sendable () async -> CommandOutcome) async -> CommandOutcome {
        let task = tasks.withLock { tasks in
            if let task = tasks[key] { return task }
            // Owned by `tasks` until its job has ended, so that a request to stop reaches the command and not the job.
            let task = Task { await run() }
            tasks[key] = task
            return task
        }
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Waits anew, in place of a wait of an earlier term: whatever came of that one is told to nobody.
    func outcome(ofWait key: Key, _ wait: @escaping @Sendable () async -> CommandOutcome) async -> CommandOutcome {
        tasks.withLock { $0.removeValue(forKey: key) }?.cancel()
        return await outcome(of: key, wait)
    }

    /// Ends all waits, as a daemon that stops does: nothing is left behind.
    func stopWaits() {
        for task in tasks.withLock({ $0.filter(\.key.isWait).values }) { task.cancel() }
    }

    /// Asks the command of a job that runs to stop; what takes effects back goes on.
    func stop(_ job: JobID) {
        for task in tasks.withLock({ $0.filter { $0.key.job == job && !$0.key.isUndo }.values }) { task.cancel() }
    }

    /// Forgets the commands of a job that has ended.
    func forget(_ job: JobID) {
        tasks.withLock { tasks in
            for key in tasks.keys.filter({ $0.job == job && !$0.isKept }) {
                let task = tasks.removeValue(forKey: key)
                // What runs on a node is asked to stop by whoever decides; nobody but this node knows of a wait.
                if key.isWait { task?.cancel() }
            }
        }
    }

    /// Forgets a command that has ended, so that it may run again.
    func remove(_ key: Key) { tasks.withLock { _ = $0.removeValue(forKey: key) } }

    /// How many are known.
    var count: Int { tasks.withLock { $0.count } }
}
