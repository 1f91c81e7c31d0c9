import ClusterLog
package import JobEngine
import Synchronization
import Waiting

/// What a member knows, for whoever asks at any time without waiting for it.
package final class MemberBoard: Sendable {
    private struct State {
        var view: MemberView
        /// How often that has become another one.
        var changes = 0
        var election: Election?
        var completeAt: Duration?
        var readers = Readers<MemberView>()
    }

    private let state: Mutex<State>

    init(_ view: MemberView) {
        state = Mutex(State(view: view))
    }

    /// As of the last thing that happened.
    package var view: MemberView { state.withLock { $0.view } }

    /// What is looked at by time, and which view it is of.
    func moment(at now: Duration) -> Moment {
        state.withLock { state in
            let decides = state.election?.isMaster(at: now) ?? false
            let age = decides ? .zero : state.completeAt.map { max(.zero, now - $0) }
            return Moment(
                change: state.changes, decides: decides, age: age,
                decidesFor: decides ? state.election?.fence(at: now) : nil)
        }
    }

    /// A node at one moment.
    struct Moment: Sendable {
        /// Counts views.
        let change: Int
        let decides: Bool
        /// `nil` when the log was never known to be complete.
        let age: Duration?
        /// How long it does so by itself.
        let decidesFor: Duration?
    }

    /// Whether this node decides, by its monotonic clock. Asked before and after each answer a master gives.
    package func isMaster(at now: Duration) -> Bool { state.withLock { $0.election?.isMaster(at: now) ?? false } }

    /// How old what was applied may be; `nil` when the log was never known to be complete.
    package func age(at now: Duration) -> Duration? {
        state.withLock { $0.completeAt }.map { max(.zero, now - $0) }
    }

    /// Whether reads of this node are too old to be told.
    package func isBehind(at now: Duration) -> Bool { age(at: now).map { $0 >= Vitality.old } ?? true }

    /// The view as it is and each that follows; who is slow gets the newest only. It ends when the member does.
    package func views() -> AsyncStream<MemberView> {
        state.withLock { state in
            let views = state.readers.add(first: state.view, keeping: .bufferingNewest(1))
            if state.view.isOver { state.readers.finish() }
            return views
        }
    }

    func publish(_ view: MemberView, _ election: Election?, completeAt: Duration?) {
        state.withLock { state in
            state.election = election
            state.completeAt = completeAt
            guard state.view != view else { return }
            state.view = view
            state.changes += 1
            state.readers.tell(view)
            if view.isOver { state.readers.finish() }
        }
    }
}

/// What of the past this node does not have yet, for whoever asks at any time.
package final class PastBoard: Sendable {
    private let state = Mutex<ClusterStatus.MissingPast?>(nil)

    /// Nothing is known to be missing.
    package init() {}

    /// `nil` when all is here, as far as is known.
    package var missing: ClusterStatus.MissingPast? { state.withLock { $0 } }

    /// Tells that so much is missing now.
    package func show(_ missing: ClusterStatus.MissingPast?) { state.withLock { $0 = missing } }
}
