import NIOCore

/// Runs the tasks of a connection on the thread that reads its socket.
///
/// A request then goes from socket to route and back without changing threads, which is most of its cost otherwise.
final class LoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
