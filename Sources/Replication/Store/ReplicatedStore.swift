package import Access
import ClusterLog
package import JobEngine
import Synchronization
package import Waiting

/// What the engine of a member stands on: what it decides goes into the cluster's log and then into the state of this node,
/// from which all is read.
///
/// An append returns when this node has applied it. A term of office of the engine lies within one of the member; each begins
/// with an entry of its own, whose index names it.
package final class ReplicatedStore: JobLog, StateStore {
    package let thread: SerialThread
    let state: any ReplicatedState
    let member: ClusterMember
    private let place = Mutex(Place())
    /// A change outside of terms is made between two appends.
    let turns = Turns()

    /// Where the engine is.
    private struct Place {
        /// The end of the log as the present term sees it; appends that are none of its own do not count.
        var end: LogPosition?
        /// That of the member it lies within.
        var term: Term?
        /// Nobody knows what became of the last append.
        var isInDoubt = false
    }

    /// - Parameters:
    ///   - state: The one the member applies to.
    ///   - thread: The one its changes are made on.
    package init(_ member: ClusterMember, state: any ReplicatedState, thread: SerialThread) {
        self.member = member
        self.state = state
        self.thread = thread
    }

    // MARK: The log

    /// Waits until this node is elected and has applied everything that was before its term.
    ///
    /// - Throws: `full`, or `unavailable`, which comes as well when the member stops first or the task is cancelled.
    package func beginTerm() async throws(StoreError) -> LogPosition {
        let (first, term) = try await member.beginTerm()
        let end = LogPosition(term: first.index, index: first.index)
        place.withLock { $0 = Place(end: end, term: term) }
        return end
    }

    /// - Throws: `full`, `deposed`, or `unavailable` when nobody knows, or when it is in the log and this node could not apply
    ///   it; the term is over then.
    package func append(
        _ records: [LogRecord], audit: [AuditEvent], after position: LogPosition
    ) async throws(StoreError) {
        await turns.begin()
        defer { turns.end() }
        guard let term = place.withLock({ $0.end == position ? $0.term : nil }) else { throw .deposed }
        do throws(StoreError) {
            try await record(records.map(ReplicatedRecord.engine), audit: audit, only: term)
            move(from: position) { $0.end = position.next }
        } catch {
            switch error {
            case .full: break
            case .headMoved, .keyTaken, .deposed: move(from: position) { $0.end = nil }
            case .unavailable: move(from: position) { $0 = Place(isInDoubt: true) }
            }
            throw error
        }
    }

    private func move(from position: LogPosition, _ change: (inout Place) -> Void) {
        place.withLock { place in
            // Another term may have begun meanwhile.
            if place.end == position { change(&place) }
        }
    }

    /// - Throws: `unavailable`, once, when nobody knows what became of the last append: whoever waits for it has to be told so
    ///   before the term is found to be over.
    package func end() async throws(StoreError) -> LogPosition {
        let known = try place.withLock { (place) throws(StoreError) in
            guard place.isInDoubt else { return place.end }
            place = Place()
            throw .unavailable("nobody knows whether the last append is in the log")
        }
        if let known { return known }
        // No term of this node's engine is named by 0.
        return LogPosition(term: 0, index: try await state.applied().place.index)
    }

    // MARK: Beside the engine

    /// Appends what no engine decides, such as sessions; it takes nothing from the term the engine is in.
    ///
    /// - Parameter audit: Written to the audit log of this node in the transaction that applies the records.
    /// - Throws: `full`, `deposed` when this node does not decide, or `unavailable` when nobody knows.
    package func record(_ records: [ReplicatedRecord], audit: [AuditEvent]) async throws(StoreError) {
        try await record(records, audit: audit, only: nil)
    }

    private func record(
        _ records: [ReplicatedRecord], audit: [AuditEvent], only term: Term?
    ) async throws(StoreError) {
        guard Self.isReadable(records) else { throw .full("what is to be stored at once is too much for the log") }
        let batch = Appending.Batch(
            payload: ReplicatedBatch.bytes(of: records), audit: audit, only: term, beginsTerm: false)
        switch await member.append(batch) {
        case .done: return
        case .full(let text): throw .full(text)
        case .deposed: throw .deposed
        case .unknown(let text): throw .unavailable(text)
        }
    }

    /// Whether every node could read them as a batch.
    private static func isReadable(_ records: [ReplicatedRecord]) -> Bool {
        let text = records.reduce(0) { size, record in
            if case .engine(.revision(let revision)) = record { size + revision.text.utf8.count } else { size }
        }
        return records.count <= ReplicatedBatch.mostRecords && text <= ReplicatedBatch.mostText
    }

    /// Makes a change in the log that is none of the engine's term, which is over with it.
    ///
    /// - Throws: `headMoved`, `keyTaken`, `full`, `deposed` when this node does not decide, or `unavailable`.
    package func apply(_ write: StoreWrite) async throws(StoreError) {
        await turns.begin()
        defer { turns.end() }
        // What it is checked against is all there is as long as that term lasts.
        guard let term = member.board.view.term else { throw .deposed }
        let records = try await records(of: write)
        try await record(records.map(ReplicatedRecord.engine), audit: [], only: term)
        place.withLock { $0.end = nil }
    }
}
