import JobEngine
import Synchronization
import Waiting

/// Where moves of votes wait for the ``VoteService``, which changes votes one after the other.
final class VoteQueue: Sendable {
    /// What is wanted, and by whom it is waited for.
    struct Order: Sendable {
        let node: Int
        let former: Int?
        let suspended: Set<Int>
        let end = Waiter<Result<VoteMove, JobError>>()
    }

    /// More would wait for longer than anybody does.
    private static let capacity = 4

    private struct State {
        var orders: [Order] = []
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Nothing is wanted.
    init() {}

    /// Returns when it was carried out.
    ///
    /// - Throws: Why it was not; `object-busy` when too many wait already.
    func ask(_ order: Order) async throws(JobError) -> VoteMove {
        let refusal = state.withLock { (state) -> JobError? in
            if state.isClosed { return Self.closed }
            guard state.orders.count < Self.capacity else {
                return JobError(.objectBusy, "Other votes are being moved: try again when that has ended.")
            }
            state.orders.append(order)
            return nil
        }
        if let refusal { throw refusal }
        return try await order.end.answer().get()
    }

    /// The one that waits for longest.
    func next() -> Order? { state.withLock { $0.orders.isEmpty ? nil : $0.orders.removeFirst() } }

    /// Whoever waits is told that nothing comes of it.
    func refuse(_ error: JobError) {
        let orders = state.withLock { (state) -> [Order] in
            defer { state.orders = [] }
            return state.orders
        }
        for order in orders { order.end.resume(returning: .failure(error)) }
    }

    /// Nothing is carried out any more.
    func close() {
        state.withLock { $0.isClosed = true }
        refuse(Self.closed)
    }

    private static var closed: JobError { JobError(.shuttingDown, "The daemon shuts down; ask again when it is back.") }
}
