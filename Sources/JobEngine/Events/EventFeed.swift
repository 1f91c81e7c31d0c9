package import Access
import Synchronization
import Values
import Waiting

/// What happens, in one order, for any number of readers.
///
/// Telling costs the same whether readers are fast, slow or gone: nobody who publishes waits for them. Readers take what
/// they want from where they stand; one that has nothing to take is woken by the first event it wants, and by nothing else.
package final class EventFeed: Sendable {
    let limits: EventLimits
    private let time: any TimeSource
    private let state: Mutex<State>

    private struct State {
        var epoch: Int
        var log: EventLog
        var waiting: [Int: Waiting] = [:]
        var present: Set<Int> = []
        var called: Set<Int> = []
        var readers = 0
        var isClosed = false
    }

    private struct Waiting {
        let filter: EventFilter
        let waiter: Waiter<Wake>
    }

    /// Why a reader's wait ended.
    enum Wake: Sendable, Hashable {
        /// There are events behind this number; what stood before it is not for the reader.
        case events(after: Int)
        /// Somebody called the reader; nothing up to this number is for it.
        case called(upTo: Int)
        case closed
    }

    /// An empty feed.
    package init(epoch: Int = 0, time: any TimeSource, limits: EventLimits = EventLimits()) {
        self.time = time
        self.limits = limits
        state = Mutex(State(epoch: epoch, log: EventLog(limits: limits)))
    }

    /// Part of every ``EventID``: the index in the log of the first entry of a term of office, in which the numbers of
    /// events begin anew.
    package var epoch: Int { state.withLock { $0.epoch } }

    /// Begins the numbers anew: whoever read in an earlier term may have missed something.
    func begin(epoch: Int) {
        state.withLock { ($0.epoch, $0.log) = (epoch, EventLog(limits: limits)) }
        callEverybody()
    }

    /// Behind the newest event.
    package var end: EventID { state.withLock { EventID(epoch: $0.epoch, number: $0.log.newest) } }

    /// Tells what happened, in the order given. Whoever calls has made durable what it tells.
    package func publish(_ facts: some Sequence<Event.Fact>) {
        let now = Timestamp(milliseconds: Int(time.now))
        let woken = state.withLock { state in
            var woken: [(Waiter<Wake>, Wake)] = []
            if state.isClosed { return woken }
            for fact in facts {
                let event = state.log.append(fact, at: now)
                for (reader, waiting) in state.waiting where waiting.filter.admits(event) {
                    state.waiting[reader] = nil
                    woken.append((waiting.waiter, .events(after: event.number - 1)))
                }
            }
            return woken
        }
        for (waiter, wake) in woken { waiter.resume(returning: wake) }
    }

    /// How long a reader waits at most before it is called to look after its connection.
    package static let longestSilence = Duration.seconds(15)

    /// Calls readers who have heard nothing, until the task is cancelled.
    func keepCalling() async {
        while !Task.isCancelled {
            await time.sleep(until: time.monotonic + Self.longestSilence)
            callAll()
        }
    }

    /// Calls every reader, one that does not wait at its next wait: something changed that each has to look after.
    package func callEverybody() {
        callAll { $0.called.formUnion($0.present.subtracting($0.waiting.keys)) }
    }

    private func callAll(_ note: (inout State) -> Void = { _ in }) {
        let (waiting, newest) = state.withLock { state in
            note(&state)
            defer { state.waiting = [:] }
            return (state.waiting.values.map(\.waiter), state.log.newest)
        }
        for waiter in waiting { waiter.resume(returning: .called(upTo: newest)) }
    }

    /// Ends every reader; nothing is told any more.
    package func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [:] }
            return state.waiting.values.map(\.waiter)
        }
        for waiter in waiting { waiter.resume(returning: .closed) }
    }
}

// MARK: - Readers
extension EventFeed {
    /// A reader's own number, with the bounds of what there is.
    func admit() -> (reader: Int, epoch: Int, oldest: Int, newest: Int) {
        state.withLock { state in
            state.readers += 1
            state.present.insert(state.readers)
            return (state.readers, state.epoch, state.log.oldest, state.log.newest)
        }
    }

    /// What stands behind a place.
    struct Stretch {
        /// Those that stand together.
        let events: ArraySlice<Event>
        /// The oldest event there is.
        let oldest: Int
        let isClosed: Bool
    }

    /// The events behind a number of an epoch; `nil` when another one has begun.
    func events(after number: Int, in epoch: Int) -> Stretch? {
        state.withLock { state in
            guard state.epoch == epoch else { return nil }
            return Stretch(
                events: state.log.events(after: number), oldest: state.log.oldest, isClosed: state.isClosed)
        }
    }

    /// Returns when there is something behind a number, when somebody calls the reader, or when the calling task is
    /// cancelled, which counts as a call.
    func wait(_ reader: Int, after number: Int, _ filter: EventFilter) async -> Wake {
        let waiter = Waiter<Wake>()
        let wake = state.withLock { state -> Wake? in
            if state.isClosed { return .closed }
            if state.called.remove(reader) != nil { return .called(upTo: number) }
            if state.log.newest > number { return .events(after: number) }
            state.waiting[reader] = Waiting(filter: filter, waiter: waiter)
            return nil
        }
        if let wake { return wake }
        return await withTaskCancellationHandler {
            await waiter.answer()
        } onCancel: {
            call(reader)
        }
    }

    /// Ends the wait of a reader, or its next one.
    func call(_ reader: Int) {
        let (waiting, newest) = state.withLock { state in
            let waiting = state.waiting.removeValue(forKey: reader)
            if waiting == nil, !state.isClosed { state.called.insert(reader) }
            return (waiting, state.log.newest)
        }
        waiting?.waiter.resume(returning: .called(upTo: newest))
    }

    /// Forgets a reader that is gone.
    func dismiss(_ reader: Int) {
        state.withLock { state in
            state.present.remove(reader)
            state.called.remove(reader)
        }
    }
}
