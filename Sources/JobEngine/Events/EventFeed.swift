package import Access
import Synchronization

/// What happens, in one order, for any number of readers.
///
/// Telling costs the same whether readers are fast, slow or gone: nobody who publishes waits for them. Readers take what
/// they want from where they stand; one that has nothing to take is woken by the first event it wants, and by nothing else.
package final class EventFeed: Sendable {
    /// Part of every ``EventID``; another one for each feed, as the numbers begin anew.
    package let epoch: Int
    let limits: EventLimits
    private let time: any TimeSource
    private let state: Mutex<State>

    private struct State {
        var log: EventLog
        var waiting: [Int: Waiting] = [:]
        var called: Set<Int> = []
        var readers = 0
        var isClosed = false
    }

    private struct Waiting {
        let filter: EventFilter
        let continuation: CheckedContinuation<Wake, Never>
    }

    /// Why a reader's wait ended.
    enum Wake: Sendable, Hashable {
        /// There are events behind this number; what stood before it is none of his.
        case events(after: Int)
        /// Somebody called him; nothing up to this number is his.
        case called(upTo: Int)
        case closed
    }

    /// An empty feed.
    ///
    /// - Parameter epoch: The time of now when left out, so that it differs from that of a daemon that ran before.
    package init(epoch: Int? = nil, time: any TimeSource, limits: EventLimits = EventLimits()) {
        self.epoch = epoch ?? Int(time.now)
        self.time = time
        self.limits = limits
        state = Mutex(State(log: EventLog(limits: limits)))
    }

    /// Behind the newest event.
    package var end: EventID { EventID(epoch: epoch, number: state.withLock { $0.log.newest }) }

    /// Tells what happened, in the order given. Whoever calls has made durable what it tells.
    package func publish(_ facts: some Sequence<Event.Fact>) {
        let now = Timestamp(milliseconds: Int(time.now))
        let woken = state.withLock { state in
            if state.isClosed { return [(CheckedContinuation<Wake, Never>, Wake)]() }
            var woken: [(CheckedContinuation<Wake, Never>, Wake)] = []
            for fact in facts {
                let event = state.log.append(fact, at: now)
                for (reader, waiting) in state.waiting where waiting.filter.admits(event) {
                    state.waiting[reader] = nil
                    woken.append((waiting.continuation, .events(after: event.number - 1)))
                }
            }
            return woken
        }
        for (continuation, wake) in woken { continuation.resume(returning: wake) }
    }

    /// How long a reader waits at most before he is called to look after his connection.
    package static let longestSilence = Duration.seconds(15)

    /// Calls readers who have heard nothing, until the task is cancelled.
    func keepCalling() async {
        while !Task.isCancelled {
            await time.sleep(until: time.monotonic + Self.longestSilence)
            callAll()
        }
    }

    private func callAll() {
        let (waiting, newest) = state.withLock { state in
            defer { state.waiting = [:] }
            return (state.waiting.values.map(\.continuation), state.log.newest)
        }
        for continuation in waiting { continuation.resume(returning: .called(upTo: newest)) }
    }

    /// Ends every reader; nothing is told any more.
    package func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [:] }
            return state.waiting.values.map(\.continuation)
        }
        for continuation in waiting { continuation.resume(returning: .closed) }
    }
}

// MARK: - Readers
extension EventFeed {
    /// A reader's own number, with the bounds of what there is.
    func admit() -> (reader: Int, oldest: Int, newest: Int) {
        state.withLock { state in
            state.readers += 1
            return (state.readers, state.log.oldest, state.log.newest)
        }
    }

    /// The events behind a number that stand together, and the bounds of what there is.
    func events(after number: Int) -> (events: ArraySlice<Event>, oldest: Int, newest: Int, isClosed: Bool) {
        state.withLock { state in
            (state.log.events(after: number), state.log.oldest, state.log.newest, state.isClosed)
        }
    }

    /// Returns when there is something behind a number, when somebody calls the reader, or when the calling task is
    /// cancelled, which counts as a call.
    func wait(_ reader: Int, after number: Int, _ filter: EventFilter) async -> Wake {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let wake = state.withLock { state -> Wake? in
                    if state.isClosed { return .closed }
                    if state.called.remove(reader) != nil || Task.isCancelled { return .called(upTo: number) }
                    if state.log.newest > number { return .events(after: number) }
                    state.waiting[reader] = Waiting(filter: filter, continuation: continuation)
                    return nil
                }
                if let wake { continuation.resume(returning: wake) }
            }
        } onCancel: {
            call(reader)
        }
    }

    /// Ends the wait of a reader, or his next one.
    func call(_ reader: Int) {
        let (waiting, newest) = state.withLock { state in
            let waiting = state.waiting.removeValue(forKey: reader)
            if waiting == nil, !state.isClosed { state.called.insert(reader) }
            return (waiting, state.log.newest)
        }
        waiting?.continuation.resume(returning: .called(upTo: newest))
    }

    /// Forgets a reader that is gone.
    func dismiss(_ reader: Int) {
        state.withLock { _ = $0.called.remove(reader) }
    }
}
