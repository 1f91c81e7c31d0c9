import Glibc
import Synchronization

/// One thread that actors and other work share, one piece after the other, so that a slow disk holds up nobody else.
///
/// The thread ends when the last reference is gone.
package final class SerialThread: SerialExecutor {
    private let line: Line
    /// Runs tasks on the thread where they are on no actor. One that prefers it and calls an actor of the thread changes
    /// threads for neither, nor for going on after a wait.
    package let tasks: any TaskExecutor

    /// - Parameter name: What debuggers show; the system keeps 15 bytes of it.
    package init(name: String) {
        line = Line(name: name)
        tasks = Tasks(line)
    }

    /// Whether the caller runs on it.
    package var isCurrent: Bool { line.isCurrent }

    /// Runs the job on the thread after everything that came before; the caller does not wait for it.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        line.run { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    /// Does work on the thread after everything that came before; the caller does not wait for it.
    package func run(_ work: @escaping @Sendable () -> Void) { line.run(work) }

    private final class Tasks: TaskExecutor {
        private let line: Line

        init(_ line: Line) { self.line = line }

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            line.run { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }

    /// The thread, and what waits for it.
    private final class Line: Sendable {
        private let workers: Workers
        /// The thread, once there is one.
        private let number = Atomic<UInt>(0)

        init(name: String) { workers = Workers(name: name, threads: 1, queueLimit: .max) }

        deinit { workers.close() }

        var isCurrent: Bool { number.load(ordering: .relaxed) == pthread_self() }

        func run(_ work: @escaping @Sendable () -> Void) {
            // The work holds the thread: it is not closed as long as there is some.
            _ = try? workers.add { _ in
                let work: Workers.Work = {
                    if self.number.load(ordering: .relaxed) == 0 {
                        self.number.store(pthread_self(), ordering: .relaxed)
                    }
                    work()
                    withExtendedLifetime(self) {}
                    return {}
                }
                return ((), work)
            }
        }
    }
}
