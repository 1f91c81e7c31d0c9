import Synchronization

/// The schedules of the configuration: those of a new revision count at once.
package final class Schedules: Reconciler {
    package let name = "schedules"
    package let moment = ReconcilerMoment.afterwards
    private let state = Mutex(State())

    private struct State {
        var unreadable = 0
        var waker: EventReader.Waker?
    }

    /// Nobody goes by them yet.
    package init() {}

    /// Names of schedules are for those who log in.
    package var note: ReconcilerNote? {
        let count = state.withLock { $0.unreadable }
        return count == 0 ? nil : ReconcilerNote("schedules that cannot be read: \(count)", isImpaired: true)
    }

    package func reconcile(
        from former: DecidedConfiguration?, to latest: DecidedConfiguration
    ) async throws {
        let unreadable = Timetable(latest.document).unreadable.count
        let waker = state.withLock { state in
            state.unreadable = unreadable
            return state.waker
        }
        waker?.wake()
    }

    /// Has a reader woken whenever there are others.
    func wake(_ waker: EventReader.Waker) { state.withLock { $0.waker = waker } }
}
