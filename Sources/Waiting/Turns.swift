import Synchronization

/// Lets one through at a time; who comes meanwhile waits.
package final class Turns: Sendable {
    private let present = Mutex<Waiter<Void>?>(nil)

    /// It is nobody's turn.
    package init() {}

    /// Returns when it is the caller's turn, which ends with ``end()``.
    package func begin() async {
        while let other = take() { await other.answer() }
    }

    /// Lets the next one through.
    package func end() {
        let own = present.withLock { present in
            defer { present = nil }
            return present
        }
        own?.resume(returning: ())
    }

    /// - Returns: Whose turn it is, `nil` when it is the caller's.
    private func take() -> Waiter<Void>? {
        present.withLock { present in
            if let present { return present }
            present = Waiter()
            return nil
        }
    }
}
