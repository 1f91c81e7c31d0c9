import Support
import Synchronization
import Testing

@testable import JobEngine

@Suite(.timeLimit(.minutes(5))) struct JobNumbersTests {
    @Test func manyCallersAtOnceShareOneReservation() async throws {
        let store = ReservingStore()
        let numbers = JobNumbers(store: store)
        let given = try await withThrowingTaskGroup { group in
            for _ in 0..<90 { group.addTask { try await numbers.next() } }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(given == Set(1...90))
        #expect(store.reservations == [100])
    }

    @Test func blocksGrowWhileNumbersAreAskedFor() async throws {
        let store = ReservingStore()
        let numbers = JobNumbers(store: store)
        for expected in 1...701 { #expect(try await numbers.next() == expected) }
        #expect(store.reservations == [100, 200, 400, 800])
    }

    @Test func aReservationThatFailsIsToldToAllWhoWaitAndTriedAgainByTheNext() async throws {
        let store = ReservingStore()
        let numbers = JobNumbers(store: store)
        store.refuses = true
        await withTaskGroup { group in
            for _ in 0..<20 {
                group.addTask { await #expect(throws: StoreError.self) { _ = try await numbers.next() } }
            }
        }
        store.refuses = false
        #expect(try await numbers.next() == 1)
    }
}

/// A store that takes its time to reserve numbers, and counts how often it was asked to.
private final class ReservingStore: Store {
    private let inner = InMemoryStore()
    private let state = Mutex((reservations: [Int](), refuses: false))

    var reservations: [Int] { state.withLock { $0.reservations } }
    var refuses: Bool {
        get { state.withLock { $0.refuses } }
        set { state.withLock { $0.refuses = newValue } }
    }

    func reserveJobNumbers(_ count: Int) async throws(StoreError) -> Range<Int> {
        for _ in 0..<50 { await Task.yield() }
        guard !refuses else { throw StoreError.unavailable("the disk is full") }
        state.withLock { $0.reservations.append(count) }
        return try await inner.reserveJobNumbers(count)
    }

    func open() async throws(StoreError) -> StoreContents { try await inner.open() }
    func apply(_ write: StoreWrite) async throws(StoreError) { try await inner.apply(write) }
    func job(_ id: JobID) async throws(StoreError) -> JobRecord? { try await inner.job(id) }
    func archived(_ id: JobID) async throws(StoreError) -> ArchivedJob? { try await inner.archived(id) }
    func jobs(_ query: JobQuery) async throws(StoreError) -> JobPage { try await inner.jobs(query) }
    func job(user: String, idempotencyKey: String) async throws(StoreError) -> (id: JobID, digest: String)? {
        try await inner.job(user: user, idempotencyKey: idempotencyKey)
    }
    func revision(_ number: Int) async throws(StoreError) -> RevisionRecord? { try await inner.revision(number) }
    func revisions(below number: Int?, limit: Int) async throws(StoreError) -> [RevisionRecord] {
        try await inner.revisions(below: number, limit: limit)
    }
}
