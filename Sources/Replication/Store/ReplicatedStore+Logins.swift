import Access
import ClusterLog
package import JobEngine
import Waiting

/// What is decided by a look at the state, beside the engine.
extension ReplicatedStore {
    /// Whether this node has a term to append in, as far as it knows: an append of one that is over is refused.
    var decides: Bool { openTerm != nil }

    /// The term of this node, once everything before it is in the state; `nil` without one.
    var openTerm: Term? {
        let view = member.board.view
        return view.mayBegin ? view.term : nil
    }

    /// Appends what a look at the state of this node comes to, in one term or not at all. The state has everything then that is in the log: what an engine
    /// decides, and what else is decided this way, comes before the look or behind the records.
    ///
    /// - Returns: What the look came to, when its records are in the state of this node; without records, at once.
    /// - Parameter refuse: What is thrown for `deposed` when this node does not decide, `full`, or `unavailable` when nobody knows.
    /// - Throws: That, and what the look throws.
    package func decide<Answer: Sendable, Refusal: Error>(
        refusing refuse: (StoreError) -> Refusal, _ look: () async throws(Refusal) -> Decision<Answer>
    ) async throws(Refusal) -> Answer {
        // Whoever does not decide need not wait to hear it.
        guard openTerm != nil else { throw refuse(.deposed) }
        await turns.begin()
        defer { turns.end() }
        guard let term = openTerm else { throw refuse(.deposed) }
        let decision = try await look()
        if decision.records.isEmpty { return decision.answer }
        do throws(StoreError) {
            try await record(decision.records, audit: [], only: term)
        } catch {
            throw refuse(error)
        }
        return decision.answer
    }

    /// The same for logins.
    ///
    /// - Throws: What the look throws; `noMaster` when this node does not decide, `outOfSpace`, or `unavailable` when nobody
    ///   knows.
    func decide<Answer: Sendable>(
        _ look: () async throws(AccessError) -> Decision<Answer>
    ) async throws(AccessError) -> Answer {
        try await decide(refusing: { AccessError($0) }, look)
    }
}

/// What a look at the state came to.
package struct Decision<Answer: Sendable>: Sendable {
    /// What whoever asked is told.
    package let answer: Answer
    /// What is appended before; nothing for an answer that changes nothing.
    package let records: [ReplicatedRecord]

    /// An answer, and what has to be in the log for it.
    package init(_ answer: Answer, _ records: [ReplicatedRecord] = []) {
        self.answer = answer
        self.records = records
    }
}

extension AccessError {
    /// What a caller of the log is told who only wanted to log in or out.
    init(_ error: StoreError) {
        switch error {
        case .deposed: self = .noMaster
        case .full: self = .outOfSpace
        case .headMoved, .keyTaken, .unavailable: self = .unavailable(retryAfter: .seconds(1))
        }
    }
}
