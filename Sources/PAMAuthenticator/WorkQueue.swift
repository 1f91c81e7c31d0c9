import Dispatch
import Synchronization

/// Something to do on a thread, unless nobody wants it any more.
struct WorkItem: Sendable {
    let isWanted: @Sendable () -> Bool
    let run: @Sendable () -> Void
    let dismiss: @Sendable () -> Void

    init(
        isWanted: @escaping @Sendable () -> Bool, run: @escaping @Sendable () -> Void,
        dismiss: @escaping @Sendable () -> Void
    ) {
        self.isWanted = isWanted
        self.run = run
        self.dismiss = dismiss
    }
}

/// What waits for a thread, first come first served.
final class WorkQueue: Sendable {
    private struct State {
        var waiting: [WorkItem] = []
        var running = 0
        var isStopped = false
    }

    private let state = Mutex(State())
    private let signal = DispatchSemaphore(value: 0)
    private let limit: Int
    private let threads: Int

    init(limit: Int, threads: Int) {
        self.limit = limit
        self.threads = threads
    }

    var load: Int { state.withLock { $0.waiting.count + $0.running } }

    /// False when as much waits as may; stopped work is dismissed.
    func add(_ item: WorkItem) -> Bool {
        enum Fate { case queued, full, stopped }
        let fate = state.withLock { state -> Fate in
            if state.isStopped { return .stopped }
            if state.waiting.count + state.running >= limit + threads {
                // What has outlived its deadline keeps nobody out.
                state.waiting.removeAll { !$0.isWanted() }
            }
            guard state.waiting.count + state.running < limit + threads else { return .full }
            state.waiting.append(item)
            return .queued
        }
        switch fate {
        case .queued: signal.signal()
        case .stopped: item.dismiss()
        case .full: return false
        }
        return true
    }

    /// The life of one thread: returns when the queue is stopped.
    func work() {
        while true {
            signal.wait()
            let (item, isStopped) = state.withLock { state -> (WorkItem?, Bool) in
                guard !state.isStopped else { return (nil, true) }
                guard !state.waiting.isEmpty else { return (nil, false) }
                state.running += 1
                return (state.waiting.removeFirst(), false)
            }
            if isStopped { return }
            guard let item else { continue }
            if item.isWanted() { item.run() }
            state.withLock { $0.running -= 1 }
        }
    }

    func stop() {
        let waiting = state.withLock { state in
            state.isStopped = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for item in waiting {
            item.dismiss()
        }
        for _ in 0..<threads {
            signal.signal()
        }
    }
}
