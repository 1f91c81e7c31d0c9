import NIOCore

/// Runs the tasks of a connection on the thread of its socket.
///
/// What a task writes is then taken by the connection before the task goes on. On threads of their own, tasks would read
/// files ahead of a slow client for as long as the connection does not come to say that it is full.
final class LoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
