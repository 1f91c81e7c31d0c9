/// A few threads for work that blocks, with a queue that has a limit.
///
/// The threads are started when there is work for them, and end when the pool is closed or nobody holds it any more.
/// What was taken by then is still done.
package final class ThreadPool: Sendable {
    /// Why work was not begun.
    package enum Refusal: Error, Hashable {
        /// As much waits as may.
        case full
        /// The calling task was cancelled before a thread was free.
        case cancelled
        /// Who asked waits no longer; a value that comes nevertheless is thrown away.
        case late
        /// The pool is closed.
        case closed
    }

    private let workers: Workers

    /// - Parameters:
    ///   - name: What debuggers show; the system keeps 15 bytes of it.
    ///   - threads: How many pieces of work are under way at most; at least one.
    ///   - queueLimit: How many wait besides; at least none.
    package init(name: String, threads: Int, queueLimit: Int) {
        workers = Workers(name: name, threads: max(1, threads), queueLimit: max(0, queueLimit))
    }

    deinit { workers.close() }

    /// Pieces of work that wait or are under way.
    package var load: Int { workers.load }

    /// Does the work on one of the threads.
    ///
    /// - Throws: ``Refusal``; the work is not begun then. Cancelling the task does not end work that has begun.
    package func run<Success: Sendable>(_ work: @escaping @Sendable () -> Success) async throws(Refusal) -> Success {
        let (waiter, number) = take(work)
        let result = await withTaskCancellationHandler {
            await waiter.answer()
        } onCancel: {
            if let number, workers.remove(number) { waiter.resume(returning: .failure(.cancelled)) }
        }
        return try result.get()
    }

    /// Takes on work whose value need not be waited for to the end: once the wait has another answer, such as
    /// ``Refusal/late``, the work is not begun any more.
    package func submit<Success: Sendable>(
        _ work: @escaping @Sendable () -> Success
    ) -> Waiter<Result<Success, Refusal>> {
        take(work).waiter
    }

    /// Takes on nothing any more; returns when all that was taken is done and the threads have ended.
    package func drain() async {
        await workers.drain()
    }

    /// - Returns: The wait for the value, and the number of the work, `nil` for work that is not taken.
    private func take<Success: Sendable>(
        _ work: @escaping @Sendable () -> Success
    ) -> (waiter: Waiter<Result<Success, Refusal>>, number: UInt64?) {
        typealias Wait = Waiter<Result<Success, Refusal>>
        do throws(Refusal) {
            return try workers.add { [workers] (number) -> (ticket: (Wait, UInt64?), work: Workers.Work) in
                let waiter = Wait { workers.remove(number) }
                let work: Workers.Work = {
                    let value = work()
                    return { waiter.resume(returning: .success(value)) }
                }
                return ((waiter, number), work)
            }
        } catch {
            let waiter = Wait()
            waiter.resume(returning: .failure(error))
            return (waiter, nil)
        }
    }
}
