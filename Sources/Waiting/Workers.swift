import Dispatch
import Foundation
import Synchronization

/// Threads and what waits for them, first come first served.
final class Workers: Sendable {
    /// What it returns tells of its end, and is called when the thread is free for others.
    typealias Work = @Sendable () -> @Sendable () -> Void

    private struct State {
        /// By number, so that what is not wanted any more is taken out at once.
        var waiting: [UInt64: Work] = [:]
        /// No number below this one waits.
        var first: UInt64 = 0
        var next: UInt64 = 0
        var running = 0
        var threads = 0
        var isClosed = false
        var draining: [Waiter<Void>] = []

        mutating func take() -> Work? {
            while first < next {
                let work = waiting.removeValue(forKey: first)
                first += 1
                if let work { return work }
            }
            return nil
        }
    }

    private enum Step {
        case work(Work)
        case wait
        case end
    }

    private let name: String
    private let threads: Int
    private let queueLimit: Int
    private let state = Mutex(State())
    /// One for each piece of work, and one for each thread that is to end.
    private let signal = DispatchSemaphore(value: 0)

    init(name: String, threads: Int, queueLimit: Int) {
        self.name = name
        self.threads = threads
        self.queueLimit = queueLimit
    }

    var load: Int { state.withLock { $0.waiting.count + $0.running } }

    /// - Parameter make: Makes the work, given its number; called under the lock, and only if it is taken.
    func add<Ticket: Sendable>(
        _ make: (UInt64) -> (ticket: Ticket, work: Work)
    ) throws(ThreadPool.Refusal) -> Ticket {
        let taken = state.withLock { (state) -> Result<(ticket: Ticket, isNew: Bool), ThreadPool.Refusal> in
            if state.isClosed { return .failure(.closed) }
            if state.waiting.count - (threads - state.running) >= queueLimit { return .failure(.full) }
            let (ticket, work) = make(state.next)
            state.waiting[state.next] = work
            state.next += 1
            let isNew = state.threads < threads && state.threads - state.running < state.waiting.count
            if isNew { state.threads += 1 }
            return .success((ticket, isNew))
        }
        let (ticket, isNew) = try taken.get()
        if isNew { start() }
        signal.signal()
        return ticket
    }

    /// Takes out work that has not begun.
    ///
    /// - Returns: Whether it had not.
    @discardableResult
    func remove(_ number: UInt64) -> Bool {
        // What it holds is let go after the lock.
        let work = state.withLock { $0.waiting.removeValue(forKey: number) }
        return work != nil
    }

    /// Takes on nothing any more; the threads end when all that waits is done.
    func close() {
        let ending = state.withLock { state in
            if state.isClosed { return 0 }
            state.isClosed = true
            return state.threads
        }
        for _ in 0..<ending { signal.signal() }
    }

    /// Closes, and returns when the threads have ended.
    func drain() async {
        close()
        let end = state.withLock { (state) -> Waiter<Void>? in
            guard state.threads > 0 else { return nil }
            let end = Waiter<Void>()
            state.draining.append(end)
            return end
        }
        await end?.answer()
    }

    private func start() {
        let thread = Thread { self.run() }
        thread.name = name
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// The life of a thread.
    private func run() {
        while true {
            signal.wait()
            switch step() {
            case .work(let work):
                let tell = work()
                state.withLock { $0.running -= 1 }
                tell()
            case .wait: continue
            case .end: return end()
            }
        }
    }

    private func step() -> Step {
        state.withLock { state in
            guard let work = state.take() else { return state.isClosed ? .end : .wait }
            state.running += 1
            return .work(work)
        }
    }

    private func end() {
        let told = state.withLock { state in
            state.threads -= 1
            return state.threads == 0 ? state.draining : []
        }
        for waiter in told { waiter.resume(returning: ()) }
    }
}
