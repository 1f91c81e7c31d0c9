import Access
import Waiting

extension ReconcilerSequence {
    struct Track {
        /// What it brought about last.
        var done: DecidedConfiguration?
        var isBusy = false
        /// Whether something newer came while it was busy; those who came then wait for its end.
        var isBehind = false
        var waiting: [Waiter<Void>] = []
        /// Has it tried again.
        var alarm: Task<Void, Never>?
    }

    /// One run through the list; another takes its place when it is held up.
    struct Pass {
        let number: Int
        var order: ReconcilerOrder
        var index: Int
        /// When it came to the one it is at.
        var reached: Duration
    }

    /// One who waits for a pass.
    struct Wait {
        let number: Int
        /// When it ends all the same.
        let due: Duration
        let waiter: Waiter<Void>
    }

    struct State {
        var tracks: [Track]
        var newest: ReconcilerOrder?
        /// What the next pass is for.
        var wanted: ReconcilerOrder?
        var waiting: [Wait] = []
        var pass: Pass?
        var passes = 0
        /// Carries the pass, and sees that it is not held up. What is left behind ends by itself.
        var carrier: Task<Void, Never>?
        var watch: Task<Void, Never>?
        var isStopped = false

        /// When the watch looks next; `nil` while there is nothing to watch.
        var lookAt: Duration? {
            pass.map { pass in waiting.map(\.due).reduce(pass.reached + ReconcilerProgress.patience, min) }
        }

        mutating func answer(_ isOver: (Wait) -> Bool) {
            for one in waiting where isOver(one) { one.waiter.resume(returning: ()) }
            waiting.removeAll(where: isOver)
        }
    }
}
