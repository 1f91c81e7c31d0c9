import Dispatch
import Foundation
import Synchronization

/// One thread of its own that an actor runs on, so that a slow disk holds up nobody but that actor.
///
/// The thread ends when the last reference is gone.
package final class FileThread: SerialExecutor {
    private let queue = Queue()

    /// Starts the thread; debuggers show it under the name.
    package init(name: String) {
        let queue = queue
        let thread = Thread { queue.work() }
        thread.name = name
        thread.stackSize = 1 << 20
        thread.start()
    }

    deinit {
        queue.add(nil)
    }

    /// Runs the job on the thread after everything that came before; the caller does not wait for it.
    package func enqueue(_ job: consuming ExecutorJob) {
        queue.add((UnownedJob(job), self))
    }
}

extension FileThread {
    /// What the thread has still to do, in the order it came; it does not hold the executor but for work it has.
    private final class Queue: Sendable {
        typealias Item = (job: UnownedJob, executor: FileThread)

        private let items = Mutex<[Item?]>([])
        private let signal = DispatchSemaphore(value: 0)

        /// - Parameter item: `nil` ends the thread.
        func add(_ item: Item?) {
            items.withLock { $0.append(item) }
            signal.signal()
        }

        func work() {
            while true {
                signal.wait()
                // One signal, one item; `nil` is the last.
                guard let item = items.withLock({ $0.removeFirst() }) else { return }
                item.job.runSynchronously(on: item.executor.asUnownedSerialExecutor())
            }
        }
    }
}
