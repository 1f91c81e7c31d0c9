import Foundation

/// A few threads of their own for C calls that block, with a queue that does not grow and an answer that does not wait
/// for ever.
///
/// The threads end when the last reference is gone and the calls under way have returned.
package final class BoundedThreads: Sendable {
    /// What became of a piece of work.
    package enum Answer<Value: Sendable>: Sendable {
        case finished(Value)
        /// The queue was full; the work was not begun.
        case full
        /// The deadline passed. Work that had begun goes on, its result is thrown away; else it is not begun any more.
        case late
        /// The threads were stopped; the work was not begun.
        case stopped
    }

    private let queue: WorkQueue
    private let deadline: Duration

    /// Starts the threads at once.
    ///
    /// At most `queueLimit` pieces of work wait; `deadline` counts from asking, waiting included.
    package init(threads: Int, queueLimit: Int, deadline: Duration) {
        let queue = WorkQueue(limit: max(0, queueLimit), threads: max(1, threads))
        self.queue = queue
        self.deadline = deadline
        for _ in 1...max(1, threads) {
            let thread = Thread { queue.work() }
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    deinit {
        queue.stop()
    }

    /// Runs the work on one of the threads and returns its value; a cancelled caller still gets the answer.
    package func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Answer<Value> {
        await withCheckedContinuation { continuation in
            let reply = Reply(continuation, deadline: deadline, late: .late)
            let item = WorkItem(isWanted: { reply.isOpen }, run: { reply.close(.finished(work())) }) {
                reply.close(.stopped)
            }
            if !queue.add(item) { reply.close(.full) }
        }
    }

    /// Pieces of work that wait or are under way, for metrics.
    package var load: Int { queue.load }
}
