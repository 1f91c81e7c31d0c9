import Synchronization

/// Gives out job numbers from blocks that were reserved durably.
final class JobNumbers: Sendable {
    private let store: any Store
    private let free = Mutex<Range<Int>>(0..<0)
    private static let block = 100

    init(store: any Store) {
        self.store = store
    }

    /// A number no job had before.
    func next() async throws(StoreError) -> Int {
        while true {
            if let number = take() { return number }
            let block = try await store.reserveJobNumbers(Self.block)
            free.withLock { free in
                // Of several that found the block empty only the first one's reservation is used up in order; the rest
                // of the others would be out of order, so a newer block simply replaces an empty one.
                if free.isEmpty { free = block }
            }
        }
    }

    private func take() -> Int? {
        free.withLock { free in
            guard let number = free.first else { return nil }
            free = free.dropFirst()
            return number
        }
    }
}
