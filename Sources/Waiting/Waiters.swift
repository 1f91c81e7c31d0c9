import Synchronization

/// Who waits for what.
///
/// A wait that has its answer, in whatever way it got it, is out of the registry at once.
package final class Waiters<Key: Hashable & Sendable, Answer: Sendable>: Sendable {
    private struct Table {
        private var waiting: [Key: [UInt64: Waiter<Answer>]] = [:]
        private var latest: UInt64 = 0

        var count: Int { waiting.values.reduce(0) { $0 + $1.count } }

        mutating func add(_ key: Key, _ make: (UInt64) -> Waiter<Answer>) -> Waiter<Answer> {
            latest += 1
            let waiter = make(latest)
            waiting[key, default: [:]][latest] = waiter
            return waiter
        }

        mutating func remove(_ number: UInt64, for key: Key) {
            waiting[key]?[number] = nil
            if waiting[key]?.isEmpty == true { waiting[key] = nil }
        }

        mutating func take(_ key: Key) -> [Waiter<Answer>] {
            waiting.removeValue(forKey: key).map(Self.inOrder) ?? []
        }

        mutating func takeAll() -> [Waiter<Answer>] {
            defer { waiting = [:] }
            return Self.inOrder(waiting.values.flatMap { $0 })
        }

        private static func inOrder(_ waiting: some Sequence<(key: UInt64, value: Waiter<Answer>)>) -> [Waiter<Answer>]
        {
            waiting.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    private let table = Mutex(Table())

    /// Nobody waits.
    package init() {}

    /// How many wait.
    package var count: Int { table.withLock { $0.count } }

    /// A new wait for a key, which can be answered from now on.
    package func add(_ key: Key) -> Waiter<Answer> {
        table.withLock { table in
            table.add(key) { number in
                Waiter { self.table.withLock { $0.remove(number, for: key) } }
            }
        }
    }

    /// Answers everybody who waits for a key, in the order they came.
    package func resume(_ key: Key, returning answer: Answer) {
        for waiter in table.withLock({ $0.take(key) }) { waiter.resume(returning: answer) }
    }

    /// Answers everybody.
    package func resumeAll(returning answer: Answer) {
        for waiter in table.withLock({ $0.takeAll() }) { waiter.resume(returning: answer) }
    }
}
