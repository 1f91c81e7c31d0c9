import Synchronization
import Waiting

/// What happened and the driver has not taken yet, whichever thread told of it; and the work done beside the driver.
///
/// A caller that puts something in changes no thread for that. A caller that waits for what comes of it, and finds
/// nobody at work, carries the next batch itself.
final class Inbox: Sendable {
    private struct State {
        var entries: [EngineDriver.Entry] = []
        /// Whether something was put in, or changed, since the driver last looked.
        var hasNews = false
        /// Wakes the one that carries batches as long as the term lasts; there while it has nothing to do.
        var idle: Waiter<Void>?
        /// Whether another carries a batch while that one has nothing to do.
        var isCarried = false
        var workUnderWay = 0
        /// Whether the driver is to be woken when there is none any more.
        var isAwaited = false
        /// What is told to whoever comes after the end.
        var end: EngineDriver.Reply?
    }

    private let state = Mutex(State())
    private let reports = CommandReports()

    /// Puts an entry in; after the end its caller is told so.
    func append(_ entry: EngineDriver.Entry) {
        let end = change { state in
            if state.end == nil { state.entries.append(entry) }
            return state.end
        }
        if let end { entry.reply?.resume(returning: end) }
    }

    /// Puts an entry in for somebody who waits for what comes of it.
    ///
    /// - Returns: Whether the caller has to carry the next batch, and to say so when that is done.
    func appendCarrying(_ entry: EngineDriver.Entry) -> Bool {
        let isCarrier = state.withLock { state in
            guard state.end == nil, state.idle != nil, !state.isCarried else { return false }
            state.entries.append(entry)
            state.isCarried = true
            return true
        }
        if !isCarrier { append(entry) }
        return isCarrier
    }

    /// The batch of somebody who carried one is done.
    func endCarrying() {
        let idle = state.withLock { state -> Waiter<Void>? in
            state.isCarried = false
            return state.hasNews || state.end != nil ? state.idle.take() : nil
        }
        idle?.resume(returning: ())
    }

    /// Puts in what a command says of itself.
    func append(_ report: CommandReports.Report, from key: CommandTasks.Key) {
        reports.append(report, from: key)
        wake()
    }

    /// Lets the driver look again.
    func wake() { change { _ in } }

    /// Takes everything out, what commands said of themselves before that they ended.
    func take() -> [EngineDriver.Entry] {
        let entries = state.withLock { state in
            state.hasNews = false
            defer { state.entries = [] }
            return state.entries
        }
        return reports.take().map { EngineDriver.Entry(input: $0) } + entries
    }

    /// Returns when there may be something new.
    func news() async {
        let waiter = Waiter<Void>()
        let hasNews = state.withLock { state in
            if !state.hasNews { state.idle = waiter }
            return state.hasNews
        }
        if !hasNews { await waiter.answer() }
    }

    /// Takes nothing more.
    ///
    /// - Returns: What nobody will look at.
    func close(_ end: EngineDriver.Reply) -> [EngineDriver.Entry] {
        change { $0.end = end }
        return take()
    }

    // MARK: Work beside the driver

    /// Whether work beside the driver has not ended; from now on its end wakes the driver.
    func awaitsWork() -> Bool {
        state.withLock { state in
            state.isAwaited = true
            return state.workUnderWay > 0
        }
    }

    func beginWork() { state.withLock { $0.workUnderWay += 1 } }

    func endWork() {
        let isLast = state.withLock { state in
            state.workUnderWay -= 1
            return state.isAwaited && state.workUnderWay == 0
        }
        // A driver that waits for nothing else ends by that.
        if isLast { wake() }
    }

    @discardableResult
    private func change<Result>(_ change: (inout State) -> Result) -> Result {
        let (result, idle) = state.withLock { state in
            let result = change(&state)
            state.hasNews = true
            return (result, state.isCarried ? nil : state.idle.take())
        }
        idle?.resume(returning: ())
        return result
    }
}
