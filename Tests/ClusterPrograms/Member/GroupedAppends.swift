import Access
import ClusterLog
import JobEngine
import Replication
import Synchronization
import Values
import Waiting

/// Appends for many at once, as an engine does: all that waits while one append is on its way goes with the next.
final class GroupedAppends: Sendable {
    /// The master is no longer one: what was measured is worth nothing.
    struct Deposed: Error {}

    private struct State {
        var waiting: [(records: [LogRecord], done: Waiter<Int?>)] = []
        var wake: Waiter<Void>?
        var nextJob = 1
        var isOver = false
    }

    private let state = Mutex(State())
    private let store: ReplicatedStore
    private let member: ClusterMember
    private static let mostAtOnce = 1_024

    init(_ store: ReplicatedStore, of member: ClusterMember, nextJob: Int) {
        (self.store, self.member) = (store, member)
        state.withLock { $0.nextJob = nextJob }
    }

    /// A job that was just submitted, under a number of its own.
    func newJob() -> JobRecord {
        let number = state.withLock { state in
            defer { state.nextJob += 1 }
            return state.nextJob
        }
        return JobRecord(
            id: JobID(node: 11, number: number), type: "general_settings", mode: .modify,
            parameters: ["name": "IssueTracker", "value": .string("https://tracker.example/\(number)")],
            requester: .init(name: "admin", roles: ["exaadm"]), request: .init(dialect: "rest", address: "127.0.0.1"),
            scheduling: .init(), submittedAt: Timestamp(milliseconds: Int(SystemTimeSource().now)))
    }

    /// Returns when the records are in the log and in the state of the master.
    ///
    /// - Returns: The entry they are in.
    @discardableResult func append(_ records: [LogRecord]) async throws -> Int {
        let done = Waiter<Int?>()
        let wake = state.withLock { state in
            state.waiting.append((records, done))
            defer { state.wake = nil }
            return state.wake
        }
        wake?.resume(returning: ())
        guard let index = await done.answer() else { throw Deposed() }
        return index
    }

    /// Appends what waits, until ``end()``.
    ///
    /// - Parameter position: That of the first entry of the term.
    func run(from position: LogPosition) async {
        var position = position
        while let batch = await next() {
            do {
                try await store.append(batch.flatMap(\.records), audit: [], after: position)
                position = position.next
                // The newest one that is applied here is this one, or came after it.
                let index = member.board.view.applied.index
                for each in batch { each.done.resume(returning: index) }
            } catch {
                for each in batch { each.done.resume(returning: nil) }
            }
        }
    }

    func end() {
        let wake = state.withLock { state in
            state.isOver = true
            return state.wake
        }
        wake?.resume(returning: ())
    }

    private func next() async -> [(records: [LogRecord], done: Waiter<Int?>)]? {
        while true {
            let wake = Waiter<Void>()
            let batch: [(records: [LogRecord], done: Waiter<Int?>)]? = state.withLock { state in
                if state.isOver { return nil }
                let batch = Array(state.waiting.prefix(Self.mostAtOnce))
                state.waiting.removeFirst(batch.count)
                if batch.isEmpty { state.wake = wake }
                return batch
            }
            guard let batch else { return nil }
            if !batch.isEmpty { return batch }
            await wake.answer()
        }
    }
}
