package import NIOCore

/// Runs the tasks of a connection on the thread that reads its socket.
///
/// A request then goes from socket to route and back without changing threads, which is most of its cost otherwise.
package final class LoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    /// The tasks run on this loop's thread.
    package init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// Runs a piece of a task when the loop comes to it.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
