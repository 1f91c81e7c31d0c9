import JobEngine
import Synchronization
import Waiting

/// Nodes something is owed to that was kept while they were away: other commands wait there until they have it.
final class OwingNodes: Sendable {
    private let nodes = Mutex<Set<Int>>([])
    private let waiting = Waiters<Int, Bool>()

    /// Takes which nodes these are now.
    func set(_ owing: Set<Int>) {
        let free = nodes.withLock { nodes in
            defer { nodes = owing }
            return nodes.subtracting(owing)
        }
        for node in free.sorted() { waiting.resume(node, returning: true) }
    }

    /// Whether a command has to wait. Looks change nothing, and wait for nobody.
    func holdsBack(_ asked: AskedCommand) -> Bool {
        let command = asked.command
        if command.isKept || command.isLook || !asked.isKept { return false }
        return nodes.withLock { $0.contains(command.node) }
    }

    /// Waits until a command may run.
    ///
    /// - Returns: `false` when the task was cancelled first.
    func pass(_ asked: AskedCommand) async -> Bool {
        while holdsBack(asked) {
            let wait = waiting.add(asked.command.node)
            // It may have been set free before anybody waited.
            if !holdsBack(asked) { wait.resume(returning: true) }
            guard await wait.answer(whenCancelled: false) else { return false }
        }
        return true
    }
}
