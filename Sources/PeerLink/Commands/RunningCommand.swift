import JobEngine
import Synchronization
import Waiting

/// A command this node has taken and that has not ended: who waits for it, who is told what it says, and how it is stopped.
final class RunningCommand: Sendable {
    let key: CommandKey
    let order: CommandOrder
    /// Empty for one that was stopped before it arrived.
    let digest: String
    /// How it ended, or why it was not done.
    let outcome = Waiter<Result<CommandOutcome, PeerFault>>()
    /// Answered when it is to stop.
    let stop = Waiter<Void>()

    /// - Returns: Whether it wants to hear more.
    typealias Listener = @Sendable (_ number: Int, CommandReport) -> Bool

    private struct Reports {
        var latest: [CommandReport] = []
        /// That of the last of them.
        var number = 0
        var listeners: [Int: Listener] = [:]
        var nextListener = 0
    }

    // What is told to somebody whose connection was cut meanwhile.
    private static let mostKept = 256
    private let reports = Mutex(Reports())

    init(_ key: CommandKey, order: CommandOrder, digest: String) {
        (self.key, self.order, self.digest) = (key, order, digest)
    }

    /// Takes what it says of itself.
    func report(_ report: CommandReport) {
        // Told under the lock: everybody hears it in the order in which it was said.
        reports.withLock { reports in
            if reports.latest.count == Self.mostKept { reports.latest.removeFirst() }
            reports.latest.append(report)
            reports.number += 1
            reports.listeners = reports.listeners.filter { $0.value(reports.number, report) }
        }
    }

    /// Tells what was said after a number, as far as it is kept, and what is said from now on.
    ///
    /// - Parameter listener: Must be quick, and must not unlisten itself when the task that reads it is cancelled: that one is
    ///   held meanwhile, and telling it waits for that.
    /// - Returns: For ``unlisten(_:)``.
    func listen(after number: Int = 0, _ listener: @escaping Listener) -> Int {
        reports.withLock { reports in
            let first = reports.number - reports.latest.count + 1
            for (place, report) in reports.latest.enumerated() where first + place > number {
                _ = listener(first + place, report)
            }
            defer { reports.nextListener += 1 }
            reports.listeners[reports.nextListener] = listener
            return reports.nextListener
        }
    }

    /// Tells somebody nothing any more.
    func unlisten(_ listener: Int) {
        reports.withLock { _ = $0.listeners.removeValue(forKey: listener) }
    }
}
