/// One thread that actors and other work share, one piece after the other, so that a slow disk holds up nobody else.
///
/// The thread ends when the last reference is gone.
package final class SerialThread: SerialExecutor {
    private let workers: Workers

    /// - Parameter name: What debuggers show; the system keeps 15 bytes of it.
    package init(name: String) {
        workers = Workers(name: name, threads: 1, queueLimit: .max)
    }

    deinit { workers.close() }

    /// Runs the job on the thread after everything that came before; the caller does not wait for it.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        run { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    /// Does work on the thread after everything that came before; the caller does not wait for it.
    package func run(_ work: @escaping @Sendable () -> Void) {
        // The work holds the thread: it is not closed as long as there is some.
        _ = try? workers.add { _ in
            let work: Workers.Work = {
                work()
                withExtendedLifetime(self) {}
                return {}
            }
            return ((), work)
        }
    }
}
