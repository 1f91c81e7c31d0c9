import CPosix
import Dispatch
import Foundation
import Synchronization

/// A few threads that work on files as one account: they can read and write what the account can, and nothing else,
/// whatever the process may.
///
/// A thread takes the ids of whichever thread starts it. So work must start none, and wake no task, which may: it hands
/// its result to a thread that is there. The threads end when the last reference is gone and the work under way is done.
package final class AccountThreads: Sendable {
    private let queue = Queue()
    private let count: Int

    /// Starts the threads at once.
    ///
    /// - Parameters:
    ///   - account: `nil` for the process's own.
    ///   - count: How many.
    ///   - name: What debuggers show, 15 bytes.
    package init(_ account: FileAccount?, count: Int, name: String) {
        self.count = count
        for _ in 0..<count {
            let thread = Thread { [queue] in queue.work(as: account.map { Identity($0) }) }
            thread.name = name
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    deinit {
        for _ in 0..<count { queue.add(nil) }
    }

    /// Has something done after all that came before; the caller does not wait for it.
    ///
    /// - Parameter work: Called with why the thread could not become the account; nothing may be done then.
    package func add(_ work: @escaping @Sendable (SystemFault?) -> Void) { queue.add(work) }

    private struct Identity {
        let account: FileAccount
        let groups: [gid_t]

        init(_ account: FileAccount) {
            self.account = account
            groups = account.furtherGroups()
        }

        /// Takes the account's ids where they are not the thread's already: a call on another thread may have changed
        /// those of all.
        func take() -> SystemFault? {
            cposix_act_as(account.user, account.group, groups, Int32(groups.count)) == 0 ? nil : SystemFault()
        }
    }

    private final class Queue: Sendable {
        private let items = Mutex<[(@Sendable (SystemFault?) -> Void)?]>([])
        private let signal = DispatchSemaphore(value: 0)

        /// - Parameter item: `nil` ends a thread.
        func add(_ item: (@Sendable (SystemFault?) -> Void)?) {
            items.withLock { $0.append(item) }
            signal.signal()
        }

        func work(as identity: Identity?) {
            while true {
                signal.wait()
                // One signal, one item.
                guard let work = items.withLock({ $0.removeFirst() }) else { return }
                work(identity?.take())
            }
        }
    }
}
