import GRDB
import JobEngine
import Synchronization
import Waiting

/// Makes changes durable, as many at a time as are waiting: all of them share one transaction and so one flush.
///
/// The first change that finds the writer idle starts it. What arrives before the writer begins shares its transaction;
/// what arrives while it works shares the next one. Each change has a savepoint of its own, so one that is refused
/// takes nothing of the others with it. A caller hears of its change only after the commit. Cancelling a caller neither
/// loses the change nor wakes the caller early: what became of it is always told.
final class GroupCommit: Sendable {
    private typealias Answer = @Sendable () -> Void

    private struct Change: Sendable {
        let purpose: SpaceReserve.Purpose
        /// Makes the change and returns what tells its caller so.
        let perform: @Sendable (Database) throws -> Answer
        let refuse: @Sendable (StoreError) -> Void

        /// - Parameter tell: Takes what became of it.
        init<Success: Sendable>(
            for purpose: SpaceReserve.Purpose, _ change: @escaping @Sendable (Database) throws -> Success,
            tell: @escaping @Sendable (Result<Success, StoreError>) -> Void
        ) {
            self.purpose = purpose
            perform = { database in
                let success = try change(database)
                return { tell(.success(success)) }
            }
            refuse = { tell(.failure($0)) }
        }
    }

    private struct State {
        var waiting: [Change] = []
        var writerRuns = false
    }

    private let pool: DatabasePool
    /// A thread of its own, so that none of the concurrency pool waits for the disk.
    let writer = SerialThread(name: "store-write")
    private let probe: (any CommitProbe)?
    private let reserve: SpaceReserve?
    private let explain: @Sendable (any Error) -> StoreError
    private let state = Mutex(State())
    // One transaction stays short enough for the last one in it.
    private static let largestBatch = 1024

    init(
        pool: DatabasePool, probe: (any CommitProbe)?, reserve: SpaceReserve?,
        explain: @escaping @Sendable (any Error) -> StoreError
    ) {
        self.pool = pool
        self.probe = probe
        self.reserve = reserve
        self.explain = explain
    }

    /// Changes that wait for the next transaction.
    var waiting: Int { state.withLock { $0.waiting.count } }

    /// Makes one change durable and returns what it answered.
    ///
    /// - Parameter purpose: What of the reserve it may use when there is no room.
    func commit<Success: Sendable>(
        for purpose: SpaceReserve.Purpose = .ordinary, _ change: @escaping @Sendable (Database) throws -> Success
    ) async throws(StoreError) -> Success {
        if writer.isCurrent { return try commitHere(for: purpose, change) }
        let caller = Waiter<Result<Success, StoreError>>()
        enqueue(Change(for: purpose, change) { caller.resume(returning: $0) })
        return try await caller.answer().get()
    }

    /// Makes a change durable for somebody on the writer's thread, as the engine's driver is, together with those that wait: a
    /// continuation would take the answer back to that thread by way of another one.
    private func commitHere<Success: Sendable>(
        for purpose: SpaceReserve.Purpose, _ change: @escaping @Sendable (Database) throws -> Success
    ) throws(StoreError) -> Success {
        let result = Mutex<Result<Success, StoreError>?>(nil)
        let own = Change(for: purpose, change) { answer in result.withLock { $0 = answer } }
        state.withLock { $0.waiting.append(own) }
        while true {
            if let result = result.withLock({ $0 }) { return try result.get() }
            let batch = state.withLock { Self.take(&$0) }
            pool.writeWithoutTransaction { commit(batch, $0) }
        }
    }

    private func enqueue(_ change: Change) {
        let startsWriter = state.withLock { state in
            state.waiting.append(change)
            defer { state.writerRuns = true }
            return !state.writerRuns
        }
        if startsWriter { writer.run(commitNext) }
    }

    /// Makes one batch durable; what came meanwhile gets its turn after whatever else the thread has to do.
    @Sendable private func commitNext() {
        guard let batch = next() else { return }
        pool.writeWithoutTransaction { commit(batch, $0) }
        writer.run(commitNext)
    }

    private func next() -> [Change]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.writerRuns = false
                return nil
            }
            return Self.take(&state)
        }
    }

    private static func take(_ state: inout State) -> [Change] {
        guard state.waiting.count > largestBatch else {
            defer { state.waiting.removeAll(keepingCapacity: true) }
            return state.waiting
        }
        defer { state.waiting.removeFirst(largestBatch) }
        return Array(state.waiting[..<largestBatch])
    }

    /// Makes the changes of a batch durable, without room those that may use the reserve.
    private func commit(_ batch: [Change], _ database: Database) {
        var batch = batch
        while let reason = attempt(batch, database) {
            let purpose = batch.map(\.purpose).max() ?? .ordinary
            let released = if case .full = reason { reserve?.release(for: purpose) } else { SpaceReserve.Purpose?.none }
            for change in batch where released.map({ change.purpose < $0 }) ?? true { change.refuse(reason) }
            guard let released else { return }
            batch.removeAll { $0.purpose < released }
        }
    }

    /// - Returns: Why nothing was kept; `nil` when all was, and is told.
    private func attempt(_ batch: [Change], _ database: Database) -> StoreError? {
        let begin = ContinuousClock.now
        do {
            try database.run("BEGIN IMMEDIATE")
            let answers = try batch.map { try perform($0, database) }
            try probe?.willCommit(batch.count)
            try database.run("COMMIT")
            probe?.didCommit(batch.count, in: begin.duration(to: .now))
            for answer in answers { answer() }
            return nil
        } catch {
            try? database.rollback()
            return explain(error)
        }
    }

    /// - Throws: What spoils the whole transaction; a refusal of the change alone becomes its answer.
    private func perform(_ change: Change, _ database: Database) throws -> Answer {
        try database.run("SAVEPOINT change")
        do {
            let answer = try change.perform(database)
            try database.run("RELEASE change")
            return answer
        } catch {
            let reason = explain(error)
            // A full disk or a broken one ends the transaction itself: then there is no savepoint to go back to.
            guard database.isInsideTransaction else { throw error }
            if case .full = reason { throw error }
            try database.run("ROLLBACK TO change")
            try database.run("RELEASE change")
            return { change.refuse(reason) }
        }
    }
}

/// Looks on while changes are made durable: to measure it, and in tests to hold a commit back or to make it fail.
package protocol CommitProbe: Sendable {
    /// Called on the writer's thread, once for each transaction, right before its commit.
    ///
    /// - Parameter changes: How many changes the transaction holds, refused ones included.
    /// - Throws: Any error; the transaction is then rolled back and every caller in it gets `unavailable`.
    func willCommit(_ changes: Int) throws

    /// Called on the writer's thread once a transaction is on the disk.
    ///
    /// - Parameters:
    ///   - changes: How many changes the transaction held.
    ///   - time: From its begin to the end of the flush.
    func didCommit(_ changes: Int, in time: Duration)
}

extension CommitProbe {
    /// Lets it pass.
    package func willCommit(_ changes: Int) throws {}
    /// Lets it pass.
    package func didCommit(_ changes: Int, in time: Duration) {}
}
