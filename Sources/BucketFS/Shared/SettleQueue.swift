import JobEngine
import Synchronization

/// Files that have to be brought to what the catalogue has, for a few workers that do it side by side.
///
/// It is bounded: what is too much for it is found again by a look at everything.
final class SettleQueue: Sendable {
    /// Files that may wait.
    static let most = 20_000
    static let workers = 4
    /// Of what failed, so many are tried again as long as nothing is had at all.
    static let probes = 256

    private struct State {
        var waiting: [BucketFileName] = []
        /// Of `waiting`, how many are done already.
        var done = 0
        var known: Set<BucketFileName> = []
        var underWay = 0
        /// What could not be done.
        var failed: Set<BucketFileName> = []
        /// Whether anything was had since what failed was tried again last.
        var hasHad = false
        /// At first nothing is known.
        var wantsLook = true

        var count: Int { waiting.count - done + underWay }
    }

    private let state = Mutex(State())
    private let wakes = (0..<workers).map { _ in
        AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// How it stands.
    struct Progress: Hashable, Sendable {
        /// Files that are waited for.
        let waiting: Int
        /// Files that could not be had so far.
        let failed: Int
    }

    var progress: Progress { state.withLock { Progress(waiting: $0.count, failed: $0.failed.count) } }

    /// Whether there is room for what a look at everything finds.
    var hasRoom: Bool { state.withLock { $0.count < Self.most / 2 } }

    func add(_ names: some Sequence<BucketFileName>) {
        state.withLock { state in
            for name in names {
                guard state.count < Self.most else {
                    state.wantsLook = true
                    break
                }
                if state.known.insert(name).inserted { state.waiting.append(name) }
            }
        }
        for wake in wakes { wake.continuation.yield() }
    }

    /// Has everything looked at.
    func wantLook() { state.withLock { $0.wantsLook = true } }

    /// Whether everything is to be looked at, which is the caller's to do then.
    func takeLook() -> Bool {
        state.withLock { state in
            defer { state.wantsLook = false }
            return state.wantsLook
        }
    }

    /// Has what failed tried again.
    func retry() {
        let (failed, hasHad) = state.withLock { state in
            defer { state.hasHad = false }
            return (state.failed, state.hasHad)
        }
        if failed.isEmpty { return }
        add(hasHad ? Array(failed) : Array(failed.shuffled().prefix(Self.probes)))
    }

    /// Does the work, one file after the other in each worker, until the task is cancelled.
    ///
    /// - Parameter settle: Returns whether a file is as it has to be.
    func run(_ settle: @escaping @Sendable (BucketFileName) async -> Bool) async {
        await withDiscardingTaskGroup { group in
            for wake in wakes {
                group.addTask {
                    for await _ in wake.stream {
                        while !Task.isCancelled, let name = self.next() { self.end(name, await settle(name)) }
                    }
                }
            }
        }
    }

    private func next() -> BucketFileName? {
        state.withLock { state in
            guard state.done < state.waiting.count else { return nil }
            let name = state.waiting[state.done]
            state.done += 1
            state.underWay += 1
            // What comes about it from now on is news.
            state.known.remove(name)
            if state.done == state.waiting.count || state.done > 1024 {
                state.waiting.removeFirst(state.done)
                state.done = 0
            }
            return name
        }
    }

    private func end(_ name: BucketFileName, _ isSettled: Bool) {
        state.withLock { state in
            state.underWay -= 1
            if isSettled {
                state.failed.remove(name)
                state.hasHad = true
            } else if state.failed.count < Self.most {
                // More of them are found again by a look at everything.
                state.failed.insert(name)
            }
        }
    }
}
