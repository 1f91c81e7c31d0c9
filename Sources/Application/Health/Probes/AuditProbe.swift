package import Access
import Synchronization
import Values

/// Whether the audit log of this node is as it was written.
///
/// All of it is computed again, which takes seconds for a log of years: the next look waits so long that this takes a small
/// part of the time of one processor.
package final class AuditProbe: StateProbe {
    /// What an examination says.
    package enum Verdict: Sendable, Hashable {
        /// Nothing is missing, and nothing was altered.
        case whole
        /// What is, and where, in words.
        case damaged(String)
        /// It could not be examined, as while the store is busy: nothing is known that was not known before.
        case unknown
    }

    fileprivate struct State {
        var verdict = Verdict.unknown
        /// The latest examination alone says that something is wrong: an archive may have been replaced meanwhile.
        var isSuspected = false
        var next = Duration.zero
    }

    /// The least pause between two examinations.
    static let shortestPause = Duration.seconds(10)
    /// So many times as long as an examination took is waited for the next one.
    static let share = 200

    package let name = "audit"
    private let node: Int
    private let time: any TimeSource
    private let examine: @Sendable () async -> Verdict
    private let state = Mutex(State())

    /// - Parameter examine: Computes all of the log again.
    package init(node: Int, time: any TimeSource, examine: @escaping @Sendable () async -> Verdict) {
        (self.node, self.time, self.examine) = (node, time, examine)
    }

    package func look() async -> [ObjectState] {
        let begin = time.monotonic
        if state.withLock({ $0.next }) <= begin {
            let verdict = await examine()
            let end = time.monotonic
            state.withLock { state in
                let pause = (end - begin) * Self.share
                state.next = end + max(Self.shortestPause, state.take(verdict) ? .zero : pause)
            }
        }
        switch state.withLock({ $0.verdict }) {
        case .whole: return [state(actual: "whole")]
        case .damaged(let words): return [state(actual: "damaged", why: words)]
        case .unknown: return []
        }
    }

    private func state(actual: String, why: String = "") -> ObjectState {
        ObjectState(.audit, "\(node)-audit", node: node, wanted: "whole", actual: actual, why: why)
    }
}

extension AuditProbe.State {
    /// Takes what an examination says; damage counts when the next one says so as well.
    ///
    /// - Returns: Whether another look is due soon.
    fileprivate mutating func take(_ verdict: AuditProbe.Verdict) -> Bool {
        switch verdict {
        case .unknown: return false
        case .whole: (self.verdict, isSuspected) = (verdict, false)
        case .damaged:
            if case .damaged = self.verdict { self.verdict = verdict }
            if isSuspected { self.verdict = verdict }
            defer { isSuspected = true }
            return !isSuspected
        }
        return false
    }
}
